import { createPublicKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aStage, type Stage } from '../chaos-ca/probe/a-ca.js';
import type { AcmeProbe } from '../chaos-ca/probe/acme-probe.js';
import { makeCsr } from '../chaos-ca/probe/make-csr.js';
import { chainOf, problem } from '../chaos-ca/probe/read-reply.js';
import { makeProbeKey, type ProbeKey } from '../chaos-ca/probe/sign.js';
import { VirtualClock } from '../chaos-ca/virtual-clock.js';

const HOUR_MS = 3_600_000;
const URN = 'urn:ietf:params:acme:error:';

let stage: Stage;
let client: AcmeProbe;
const clock = new VirtualClock(new Date());

beforeAll(async () => {
  stage = await aStage({ clock, blockedNames: ['forbidden.test'] });
  client = await stage.client();
});

afterAll(() => stage.stop());

describe('an order', () => {
  it('goes from pending over ready to valid, and ends in a chain that leads to the root', async () => {
    const names = ['a.test', 'b.a.test'];
    const order = await client.newOrder(names, { profile: 'tlsserver' });
    expect([order.status, order.body.status, order.body.profile]).toEqual([201, 'pending', 'tlsserver']);
    const url = order.headers.location!;
    expect(problem(await client.finalize(order, names))).toBe('403 orderNotReady');
    await client.prove(order);
    expect((await client.post(url)).body.status).toBe('ready');
    const final = await client.finalize(order, names);
    expect(final.body.status).toBe('valid');
    const chain = await client.post(final.body.certificate as string);
    expect(chain.headers['content-type']).toBe('application/pem-certificate-chain');
    const [leaf, intermediate, cross] = chainOf(chain);
    const [oldRoot, newRoot] = stage.ca.state.certifier.trusted.roots.map((pem) => new X509Certificate(pem));
    expect(leaf!.subjectAltName).toBe('DNS:a.test, DNS:b.a.test');
    expect(leaf!.subject ?? '').toBe('');
    expect([leaf!.verify(intermediate!.publicKey), leaf!.ca, intermediate!.ca]).toEqual([true, false, true]);
    expect([intermediate!.verify(cross!.publicKey), cross!.verify(oldRoot!.publicKey)]).toEqual([true, true]);
    expect(cross!.publicKey.equals(newRoot!.publicKey)).toBe(true);
    const lifeMs = Date.parse(leaf!.validTo) + 1_000 - Date.parse(leaf!.validFrom);
    expect(lifeMs).toBe(45 * 24 * HOUR_MS);
  });

  it('has an alternate chain that is shorter', async () => {
    const chain = await client.issue(['alternate.test']);
    const [, link] = /<([^>]+)>;rel="alternate"/.exec(String(chain.headers.link)) ?? [];
    const alternate = await client.post(link!);
    expect([chainOf(chain).length, chainOf(alternate).length]).toEqual([3, 2]);
    expect(chainOf(alternate)[0]!.raw).toEqual(chainOf(chain)[0]!.raw);
  });

  it.each<[string, object, string]>([
    ['no names', { identifiers: [] }, '400 malformed'],
    ['no array', { identifiers: 'a.test' }, '400 malformed'],
    ['one label', { identifiers: [{ type: 'dns', value: 'localhost' }] }, '400 rejectedIdentifier'],
    ['an address as a name', { identifiers: [{ type: 'dns', value: '192.0.2.1' }] }, '400 rejectedIdentifier'],
    ['two wildcards', { identifiers: [{ type: 'dns', value: '*.*.test' }] }, '400 rejectedIdentifier'],
    ['a wildcard inside', { identifiers: [{ type: 'dns', value: 'a.*.test' }] }, '400 rejectedIdentifier'],
    ['an underscore', { identifiers: [{ type: 'dns', value: 'a_b.test' }] }, '400 rejectedIdentifier'],
    ['a U-label', { identifiers: [{ type: 'dns', value: 'bücher.test' }] }, '400 rejectedIdentifier'],
    ['a bad A-label', { identifiers: [{ type: 'dns', value: 'xn--0.test' }] }, '400 rejectedIdentifier'],
    ['a dot at its end', { identifiers: [{ type: 'dns', value: 'a.test.' }] }, '400 rejectedIdentifier'],
    ['a blocked name', { identifiers: [{ type: 'dns', value: 'www.forbidden.test' }] }, '400 rejectedIdentifier'],
    ['another type', { identifiers: [{ type: 'email', value: 'a@b.test' }] }, '400 unsupportedIdentifier'],
    ['an address in classic', { identifiers: [{ type: 'ip', value: '127.0.0.1' }] }, '400 rejectedIdentifier'],
    ['a date', { identifiers: [{ type: 'dns', value: 'a.test' }], notAfter: '2030-01-01T00:00:00Z' }, '400 malformed'],
    [
      'another profile',
      { identifiers: [{ type: 'dns', value: 'a.test' }], profile: 'tlsclient' },
      '400 invalidProfile',
    ],
    ['a prototype', { identifiers: [{ type: 'dns', value: 'a.test' }], profile: 'constructor' }, '400 invalidProfile'],
  ])('is refused for %s', async (_, payload, expected) => {
    expect(problem(await client.post(client.directory.newOrder!, payload))).toBe(expected);
  });

  it('names each of several bad names in a sub-problem', async () => {
    const { body } = await client.newOrder(['a.test', 'x.forbidden.test', 'a_b.test']);
    const subproblems = body.subproblems as readonly { type: string; identifier: { value: string } }[];
    expect(subproblems.map(({ type, identifier }) => [type, identifier.value])).toEqual([
      [`${URN}rejectedIdentifier`, 'x.forbidden.test'],
      [`${URN}rejectedIdentifier`, 'a_b.test'],
    ]);
  });

  it.each([
    ['classic', 100],
    ['tlsserver', 25],
    ['shortlived', 25],
  ])('of profile %s holds %i names', async (profile, count) => {
    const names = Array.from({ length: count + 1 }, (_, index) => `n${index}.many.test`);
    expect(problem(await client.newOrder(names, { profile }))).toBe('400 malformed');
    expect((await client.newOrder(names.slice(1), { profile })).status).toBe(201);
  });

  it('takes an address where the profile does', async () => {
    const chain = await client.issue(['127.0.0.1'], { profile: 'shortlived' });
    const [leaf] = chainOf(chain);
    expect(leaf!.subjectAltName).toBe('IP Address:127.0.0.1');
    expect(Date.parse(leaf!.validTo) + 1_000 - Date.parse(leaf!.validFrom)).toBe(160 * HOUR_MS);
  });

  it('is one name, however often and in whatever case it is asked for', async () => {
    const { body } = await client.newOrder(['A.Test', 'a.test']);
    expect(body.identifiers).toEqual([{ type: 'dns', value: 'a.test' }]);
    expect(body.authorizations).toHaveLength(1);
  });

  it('belongs to its account alone', async () => {
    const other = await stage.client();
    const order = await client.newOrder(['mine.test']);
    const [authorization = ''] = order.body.authorizations as readonly string[];
    const answers = [order.headers.location!, authorization, order.body.finalize as string].map((url) =>
      other.post(url),
    );
    expect((await Promise.all(answers)).map(problem)).toEqual(['404 malformed', '404 malformed', '404 malformed']);
  });

  it('ends when its time is over', async () => {
    const order = await client.newOrder(['late.test'], { profile: 'shortlived' });
    clock.advance(9 * HOUR_MS);
    const { body } = await client.post(order.headers.location!);
    expect(body.status).toBe('invalid');
    expect(problem(await client.finalize(order, ['late.test']))).toBe('403 orderNotReady');
  });
});

describe('an authorization', () => {
  it('offers what can prove the name', async () => {
    const offered = async (name: string, more: object = {}): Promise<unknown> => {
      const { body } = await client.newOrder([name], more);
      const authorization = (await client.post((body.authorizations as readonly string[])[0]!)).body;
      return [
        authorization.wildcard,
        (authorization.identifier as { value: string }).value,
        (authorization.challenges as readonly { type: string }[]).map(({ type }) => type),
      ];
    };
    expect(await offered('plain.test')).toEqual([
      undefined,
      'plain.test',
      ['http-01', 'dns-01', 'tls-alpn-01', 'dns-persist-01'],
    ]);
    expect(await offered('*.plain.test')).toEqual([true, 'plain.test', ['dns-01', 'dns-persist-01']]);
    expect(await offered('127.0.0.1', { profile: 'shortlived' })).toEqual([undefined, '127.0.0.1', ['http-01']]);
  });

  it('fails for ever, and the order with it, which says whose fault it is', async () => {
    stage.challenges.instead.set('wrong.test', { status: 200, body: 'something else' });
    const order = await client.newOrder(['right.test', 'wrong.test']);
    await client.prove(order);
    const { body } = await client.post(order.headers.location!);
    expect(body).toMatchObject({ status: 'invalid', error: { type: `${URN}unauthorized` } });
    const { subproblems } = body.error as { subproblems: readonly { identifier: object }[] };
    expect(subproblems.map(({ identifier }) => identifier)).toEqual([{ type: 'dns', value: 'wrong.test' }]);
    expect(problem(await client.finalize(order, ['right.test', 'wrong.test']))).toBe('403 orderNotReady');
  });

  it('can be given up', async () => {
    const order = await client.newOrder(['given-up.test']);
    const [url = ''] = order.body.authorizations as readonly string[];
    expect(problem(await client.post(url, { status: 'valid' }))).toBe('400 malformed');
    expect((await client.post(url, { status: 'deactivated' })).body.status).toBe('deactivated');
    expect((await client.post(order.headers.location!)).body.status).toBe('invalid');
  });
});

describe('a signing request', () => {
  const finalizing = async (names: readonly string[], csr: (key: ProbeKey) => Promise<string>) => {
    const order = await client.newOrder(names);
    await client.prove(order);
    return { order, reply: await client.post(order.body.finalize as string, { csr: await csr(await makeProbeKey()) }) };
  };

  it.each<[string, readonly string[]]>([
    ['one name less', ['a.csr.test']],
    ['one name more', ['a.csr.test', 'b.csr.test', 'c.csr.test']],
    ['another name', ['a.csr.test', 'c.csr.test']],
  ])('with %s is refused, and the order stays ready', async (_, names) => {
    const { order, reply } = await finalizing(['a.csr.test', 'b.csr.test'], (key) => makeCsr(key, names));
    expect(problem(reply)).toBe('400 badCSR');
    expect((await client.post(order.headers.location!)).body.status).toBe('ready');
  });

  it.each<[string, () => Promise<string>]>([
    ['the key of the account', () => makeCsr(client.key, ['key.test'])],
    ['RSA of 1024 bits', async () => makeCsr(await makeProbeKey(1_024), ['key.test'])],
    ['P-521', async () => makeCsr(await makeProbeKey('P-521'), ['key.test'])],
    ['SHA-1', async () => makeCsr(await makeProbeKey(2_048), ['key.test'], { hash: 'SHA-1' })],
  ])('with %s is refused', async (_, csr) => {
    expect(problem((await finalizing(['key.test'], csr)).reply)).toBe('400 badCSR');
  });

  it('that is not signed by its key is refused', async () => {
    const csr = async (key: ProbeKey): Promise<string> => {
      const der = Buffer.from(await makeCsr(key, ['forged.test']), 'base64url');
      // A name that was not there when it was signed.
      return Buffer.from(der.toString('latin1').replace('forged.test', 'forger.test'), 'latin1').toString('base64url');
    };
    expect(problem((await finalizing(['forger.test'], csr)).reply)).toBe('400 badCSR');
  });

  it.each([
    ['garbage', 'AAAA'],
    ['padding', 'AAAA=='],
    ['nothing', undefined],
  ])('that is %s is malformed', async (_, csr) => {
    const order = await client.newOrder(['garbage.test']);
    await client.prove(order);
    expect(problem(await client.post(order.body.finalize as string, { csr }))).toBe('400 malformed');
  });

  it('may have an RSA key, which classic lets encipher keys', async () => {
    const key = await makeProbeKey(2_048);
    const [leaf] = chainOf(await client.issue(['rsa.test'], { profile: 'classic' }, key));
    expect(leaf!.subject).toBe('CN=rsa.test');
    expect(leaf!.publicKey.equals(createPublicKey(key.privateKey))).toBe(true);
  });
});
