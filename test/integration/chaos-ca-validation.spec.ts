import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { aStage, type Stage } from '../chaos-ca/probe/a-ca.js';
import type { AcmeObject, AcmeProbe } from '../chaos-ca/probe/acme-probe.js';
import { isAllowed } from '../chaos-ca/validation/caa.js';
import { ServerResolver } from '../chaos-ca/validation/resolver.js';
import { eventually } from '../support/eventually.js';
import { freePorts } from '../support/free-ports.js';

const URN = 'urn:ietf:params:acme:error:';
let stage: Stage;
let client: AcmeProbe;
let count = 0;
let name: string;

beforeAll(async () => {
  stage = await aStage();
  client = await stage.client();
});

// A failed authorization is for ever: each test has a name of its own.
beforeEach(() => {
  count += 1;
  name = `v${count}.test`;
});

afterAll(() => stage.stop());

/** What an order for these names comes to, proved by `type`. */
async function outcome(names: readonly string[], type = 'http-01', at: AcmeProbe = client): Promise<string> {
  const order = await at.newOrder(names);
  await at.prove(order, type);
  const { status, error } = (await at.post(order.headers.location!)).body;
  return `${status} ${((error as AcmeObject | undefined)?.type ?? '').replace(URN, '')}`.trim();
}

describe('http-01', () => {
  it('follows redirects to port 80, ten at most', async () => {
    stage.challenges.instead.set(name, { status: 302, location: `http://to.${name}/.well-known/acme-challenge/none` });
    expect(await outcome([name])).toBe('invalid unauthorized');
    const loop = `loop.${name}`;
    stage.challenges.instead.set(loop, { status: 302, location: `http://${loop}/again` });
    expect(await outcome([loop])).toBe('invalid connection');
    stage.challenges.instead.set(`port.${name}`, { status: 302, location: 'http://127.0.0.1:8080/' });
    expect(await outcome([`port.${name}`])).toBe('invalid connection');
  });

  it.each<[string, { status: number; body?: string }, string]>([
    ['another status', { status: 404 }, 'invalid unauthorized'],
    ['a page', { status: 200, body: '<html>Welcome</html>' }, 'invalid unauthorized'],
    ['far too much', { status: 200, body: 'x'.repeat(5_000_000) }, 'invalid unauthorized'],
  ])('fails for %s', async (_, answer, expected) => {
    stage.challenges.instead.set(name, answer);
    expect(await outcome([name])).toBe(expected);
  });

  it('asks IPv6 first, and IPv4 when nobody is there', async () => {
    // Nothing listens on ::1 at that port.
    stage.ca.dns.hosts.set(name, ['::1', '127.0.0.1']);
    expect(await outcome([name])).toBe('ready');
    stage.ca.dns.hosts.set(`only6.${name}`, ['::1']);
    expect(await outcome([`only6.${name}`])).toBe('invalid connection');
  });

  it('needs an address, and a server that knows', async () => {
    stage.ca.dns.hosts.set(name, []);
    expect(await outcome([name])).toBe('invalid dns');
    stage.ca.dns.failing.add(`fails.${name}`);
    expect(await outcome([`fails.${name}`])).toBe('invalid dns');
  });
});

describe('dns-01', () => {
  it('finds its digest among several records, for a wildcard and its base name at once', async () => {
    const order = await client.newOrder([name, `*.${name}`]);
    const digests = await Promise.all(
      (order.body.authorizations as readonly string[]).map(async (url) => {
        const { challenges } = (await client.post(url)).body as { challenges: readonly { token: string }[] };
        return createHash('sha256').update(`${challenges[0]!.token}.${client.key.thumbprint}`).digest('base64url');
      }),
    );
    stage.ca.dns.texts.set(`_acme-challenge.${name}`, ['other', ...digests]);
    await client.prove(order, 'dns-01');
    expect((await client.post(order.headers.location!)).body.status).toBe('ready');
  });

  it('fails without a record, and with another', async () => {
    expect(await outcome([name], 'dns-01')).toBe('invalid unauthorized');
    stage.ca.dns.texts.set(`_acme-challenge.${name}`, ['something else']);
    expect(await outcome([name], 'dns-01')).toBe('invalid unauthorized');
  });
});

describe('dns-persist-01', () => {
  it('says in the challenge what the record must say', async () => {
    const order = await client.newOrder([name]);
    const { body } = await client.post((order.body.authorizations as readonly string[])[0]!);
    const challenge = (body.challenges as readonly AcmeObject[]).find(({ type }) => type === 'dns-persist-01');
    expect(challenge).toMatchObject({ accounturi: client.kid, 'issuer-domain-names': ['chaos.test'] });
  });

  it.each<[string, (uri: string, now: number) => string, string, string]>([
    ['issuer and account', (uri) => `chaos.test; accounturi=${uri}`, '', 'ready'],
    ['another issuer', (uri) => `other.test; accounturi=${uri}`, '', 'invalid unauthorized'],
    ['another account', (uri) => `chaos.test; accounturi=${uri}0`, '', 'invalid unauthorized'],
    ['no account', () => 'chaos.test', '', 'invalid unauthorized'],
    ['no policy for a wildcard', (uri) => `chaos.test; accounturi=${uri}`, '*.', 'invalid unauthorized'],
    ['a policy for a wildcard', (uri) => `chaos.test; accounturi=${uri}; policy=wildcard`, '*.', 'ready'],
    ['an end in time', (uri, now) => `chaos.test;accounturi=${uri};persistUntil=${now + 60}`, '', 'ready'],
    [
      'an end that has come',
      (uri, now) => `chaos.test;accounturi=${uri};persistUntil=${now - 1}`,
      '',
      'invalid unauthorized',
    ],
    ['an end that is no time', (uri) => `chaos.test;accounturi=${uri};persistUntil=never`, '', 'invalid unauthorized'],
    ['a tag twice', (uri) => `chaos.test;accounturi=${uri};accounturi=${uri}`, '', 'invalid unauthorized'],
  ])('with %s', async (_, record, prefix, expected) => {
    const now = Math.floor(stage.ca.clock.ms() / 1_000);
    stage.ca.dns.texts.set(`_validation-persist.${name}`, ['unrelated', record(client.kid!, now)]);
    expect(await outcome([`${prefix}${name}`], 'dns-persist-01')).toBe(expected);
  });
});

describe('CAA', () => {
  const record = (value: string, tag = 'issue', critical = false) => ({ tag, value, critical });

  it('is asked for up the tree, at validation and again at finalize', async () => {
    stage.ca.dns.authorizations.set('caa.test', [record('other.test')]);
    expect(await outcome(['a.b.caa.test'])).toBe('invalid caa');
    stage.ca.dns.authorizations.set('b.caa.test', [record('chaos.test')]);
    expect(await outcome(['c.b.caa.test'])).toBe('ready');
    const order = await client.newOrder(['d.b.caa.test']);
    await client.prove(order);
    stage.ca.dns.authorizations.set('b.caa.test', [record(';')]);
    const { body } = await client.finalize(order, ['d.b.caa.test']);
    expect(body).toMatchObject({ status: 'invalid', error: { type: `${URN}caa` } });
  });

  const question = {
    name: 'a.test',
    identities: ['chaos.test'],
    accountUrl: 'https://ca/acct/1',
    method: 'http-01',
  };

  it.each<[string, Parameters<typeof isAllowed>[0], string, boolean]>([
    ['no record', [], 'a.test', true],
    ['this CA', [record('chaos.test')], 'a.test', true],
    ['another CA', [record('other.test')], 'a.test', false],
    ['this CA among others', [record('other.test'), record('Chaos.Test')], 'a.test', true],
    ['nobody', [record(';')], 'a.test', false],
    ['issuewild for a name', [record('other.test', 'issuewild')], 'a.test', true],
    ['issuewild for a wildcard', [record('chaos.test'), record('other.test', 'issuewild')], '*.a.test', false],
    ['issue for a wildcard', [record('chaos.test')], '*.a.test', true],
    ['its account', [record('chaos.test; accounturi=https://ca/acct/1')], 'a.test', true],
    ['another account', [record('chaos.test; accounturi=https://ca/acct/2')], 'a.test', false],
    ['its method', [record('chaos.test; validationmethods=dns-01,http-01')], 'a.test', true],
    ['another method', [record('chaos.test; validationmethods=dns-01')], 'a.test', false],
    ['a critical tag that nobody knows', [record('chaos.test'), record('x', 'tbs', true)], 'a.test', false],
    ['only where to complain', [record('mailto:a@b.test', 'iodef')], 'a.test', true],
  ])('that names %s', (_, records, value, expected) => {
    expect(isAllowed(records, { ...question, name: value })).toBe(expected);
  });
});

describe('a DNS server', () => {
  it('is asked instead of a map, also over a CNAME', async () => {
    const [dnsPort = 0, managementPort = 0] = await freePorts(2);
    const bind = ['-dns01', `127.0.0.1:${dnsPort}`, '-management', `127.0.0.1:${managementPort}`];
    const closed = ['-http01', '', '-https01', '', '-tlsalpn01', '', '-defaultIPv4', '127.0.0.1', '-defaultIPv6', ''];
    const server = spawn('pebble-challtestsrv', [...bind, ...closed], { stdio: 'ignore' });
    const exited = once(server, 'exit');
    try {
      const tell = (path: string, body: object) =>
        fetch(`http://127.0.0.1:${managementPort}/${path}`, { method: 'POST', body: JSON.stringify(body) });
      await eventually(() => tell('set-default-ipv4', { ip: '127.0.0.1' }));
      await tell('set-cname', { host: `_acme-challenge.${name}.`, target: 'delegated.test.' });
      const own = await aStage({ resolver: new ServerResolver(`127.0.0.1:${dnsPort}`) });
      const probe = await own.client();
      const order = await probe.newOrder([`*.${name}`]);
      const { body } = await probe.post((order.body.authorizations as readonly string[])[0]!);
      const [{ token }] = body.challenges as [{ token: string }];
      const value = createHash('sha256').update(`${token}.${probe.key.thumbprint}`).digest('base64url');
      await tell('set-txt', { host: 'delegated.test.', value });
      await probe.prove(order, 'dns-01');
      expect((await probe.post(order.headers.location!)).body.status).toBe('ready');
      expect(await outcome([`http.${name}`], 'http-01', probe)).toBe('ready');
      await tell('add-caa', { host: 'denied.test.', policies: [{ tag: 'issue', value: 'other.test' }] });
      expect(await outcome(['www.denied.test'], 'http-01', probe)).toBe('invalid caa');
      await tell('set-servfail', { host: 'broken.test.' });
      expect(await outcome(['broken.test'], 'http-01', probe)).toBe('invalid dns');
      await own.stop();
    } finally {
      server.kill('SIGTERM');
      await exited;
    }
  });
});
