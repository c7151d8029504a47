import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { NamePreflight, PreflightRequest } from '../../src/certificates/domain/preflight/name-preflight.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { checkNames } from '../../workers/preflight/check-names.js';
import domainCheck from '../../workers/tasks/domain-check.js';
import { startChallengeDns, type ChallengeDns } from '../support/challenge-dns.js';
import { runTask } from '../support/run-task.js';

const THUMBPRINT = 'a'.repeat(43);

let dns: ChallengeDns;
let web: Server;
/** A neighbour that only this server reaches. */
let inner: Server;
let askedOfInner: readonly string[] = [];
let port: number;

/** By host: how a server out there answers a challenge. */
const HOSTS: Readonly<Record<string, (token: string, response: ServerResponse) => void>> = {
  'good.test': (token, response) => response.end(`${token}.${THUMBPRINT}`),
  'spaces.test': (token, response) => response.end(`${token}.${THUMBPRINT}\n`),
  'other.test': (_, response) => response.writeHead(404).end('<html>Parked</html>'),
  'long.test': (_, response) => response.end('x'.repeat(100_000)),
  'moved.test': (token, response) =>
    response.writeHead(301, { location: `http://good.test:80/.well-known/acme-challenge/${token}` }).end(),
  'loop.test': (_, response) => response.writeHead(302, { location: '/.well-known/acme-challenge/again' }).end(),
  'port.test': (_, response) => response.writeHead(302, { location: 'http://good.test:8080/x' }).end(),
  'ip.test': (_, response) => response.writeHead(302, { location: 'http://127.0.0.1/x' }).end(),
  'inward.test': (_, response) => response.writeHead(302, { location: 'http://inner.test/latest/secret' }).end(),
  'told.test': (_, response) => response.writeHead(302, { location: 'ftp://inner.test/?session=SECRET' }).end(),
  'slow.test': (_, response) => {
    setTimeout(() => response.writeHead(302, { location: '/.well-known/acme-challenge/again' }).end(), 60);
  },
  'ftp.test': (_, response) => response.writeHead(302, { location: 'ftp://good.test/x' }).end(),
};

beforeAll(async () => {
  dns = await startChallengeDns();
  await dns.tell('set-default-ipv4', { ip: '' });
  web = createServer((request, response) => {
    const token = request.url?.split('/').at(-1) ?? '';
    const answer = HOSTS[(request.headers.host ?? '').split(':')[0] ?? ''] ?? HOSTS['good.test'];
    answer?.(token, response);
  }).listen(0, '127.0.0.1');
  await once(web, 'listening');
  ({ port } = web.address() as AddressInfo);
  inner = createServer((request, response) => {
    askedOfInner = [...askedOfInner, request.url ?? ''];
    response.end('SECRET');
  }).listen(port, '127.0.0.2');
  await once(inner, 'listening');
  await dns.tell('add-a', { host: 'inner.test', addresses: ['127.0.0.2'] });
  const many = Array.from({ length: 12 }, (_, index) => `127.0.1.${index}`);
  await dns.tell('add-a', { host: 'many.test', addresses: many });
  for (const host of [...Object.keys(HOSTS), 'six.test', 'caa.test', 'sub.caa.test', 'wild.test']) {
    await dns.tell('add-a', { host, addresses: ['127.0.0.1'] });
  }
  await dns.tell('add-aaaa', { host: 'six.test', addresses: ['::1'] });
  await dns.tell('add-a', { host: 'closed.test', addresses: ['127.0.0.99'] });
  await dns.tell('set-servfail', { host: 'servfail.test' });
  await dns.tell('add-caa', { host: 'caa.test', policies: [{ tag: 'issue', value: 'other.example' }] });
  await dns.tell('add-caa', { host: 'good.test', policies: [{ tag: 'issue', value: 'ca.example' }] });
  await dns.tell('add-caa', {
    host: 'wild.test',
    policies: [
      { tag: 'issue', value: 'ca.example' },
      { tag: 'issuewild', value: ';' },
    ],
  });
  await dns.tell('set-cname', { host: 'alias.test', target: 'good.test' });
});

afterAll(async () => {
  for (const server of [web, inner]) {
    server.closeAllConnections();
    server.close();
  }
  await dns.stop();
});

const aRequest = (names: readonly string[], changes: Partial<PreflightRequest> = {}): PreflightRequest => ({
  names,
  method: 'http-01',
  resolvers: [dns.server],
  caaIdentities: ['ca.example'],
  accountUri: null,
  thumbprint: THUMBPRINT,
  ports: { http: port, https: port },
  ...changes,
});

async function check(name: string, changes: Partial<PreflightRequest> = {}): Promise<NamePreflight> {
  const [checked] = await checkNames(aRequest([name], changes), new AbortController().signal);
  return checked!;
}

const evidenceOf = async (name: string): Promise<string> => (await check(name)).findings.at(-1)?.evidence ?? '';

/** That everything lies on loopback is said each time, and is no more than advice. */
const causes = ({ findings }: NamePreflight): readonly string[] =>
  findings
    .filter(({ cause }) => cause !== 'ADDRESS_NOT_PUBLIC')
    .map(({ cause, certain }) => `${cause}${certain ? '!' : ''}`);

describe('a name that is looked at before the CA does', () => {
  it.each<[string, readonly string[]]>([
    ['good.test', []],
    ['spaces.test', []],
    ['moved.test', []],
    ['other.test', ['POINTS_ELSEWHERE!']],
    ['long.test', ['POINTS_ELSEWHERE!']],
    ['loop.test', ['REDIRECT_BROKEN!']],
    ['port.test', ['REDIRECT_BROKEN!']],
    ['ip.test', ['REDIRECT_BROKEN!']],
    ['ftp.test', ['REDIRECT_BROKEN!']],
    // The CA may get on where we do not follow.
    ['inward.test', ['REDIRECT_BROKEN']],
    ['closed.test', ['CONNECTION_REFUSED']],
    ['six.test', ['IPV6_BROKEN']],
    ['nowhere.test', ['NAME_NOT_IN_DNS!']],
    ['servfail.test', ['CAA_UNREADABLE', 'DNS_SERVERS_FAIL']],
    ['caa.test', ['CAA_FORBIDS!']],
    ['sub.caa.test', ['CAA_FORBIDS!']],
    ['*.wild.test', ['CAA_FORBIDS!']],
  ])('%s: %j', async (name, expected) => {
    const checked = await check(name);
    expect(causes(checked)).toEqual(expected);
    expect(checked.verdict === 'BLOCKED').toBe(expected.some((cause) => cause.endsWith('!')));
  });

  it('says what each address answered, and what the name is an alias of', async () => {
    const six = await check('six.test');
    expect(six.addresses.map(({ address, answer }) => [address, answer])).toEqual([
      ['::1', 'REFUSED'],
      ['127.0.0.1', 'RIGHT'],
    ]);
    expect((await check('alias.test')).cname).toBe('good.test');
    expect(await evidenceOf('other.test')).toMatch(/answered 404$/);
  });

  it('opens no way inside to a stranger: no redirect goes there, and what is said there is not told', async () => {
    askedOfInner = [];
    expect(await evidenceOf('inward.test')).toBe(
      '127.0.0.1: inner.test, to which it redirects, has no public address; Hlér does not follow there.',
    );
    expect(askedOfInner).toEqual([]);
    expect(await evidenceOf('inner.test')).toMatch(/answered 200$/);
    expect(await evidenceOf('told.test')).toMatch(/redirects elsewhere$/);
    expect(JSON.stringify(await Promise.all(['inner.test', 'told.test'].map((name) => check(name))))).not.toContain(
      'SECRET',
    );
  });

  it('is looked at at eight addresses at most', async () => {
    expect((await check('many.test')).addresses).toHaveLength(8);
  });

  it('is looked at for twenty seconds at most, however slowly it redirects', async () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    const spy = vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => timeout(ms / 100));
    onTestFinished(() => spy.mockRestore());
    expect(causes(await check('slow.test'))).toEqual(['CONNECTION_TIMED_OUT']);
  });

  it('is asked for no challenge when DNS-01 proves it, nor for CAA when the CA does not say what it is called', async () => {
    expect(causes(await check('other.test', { method: 'dns-01' }))).toEqual([]);
    expect(causes(await check('caa.test', { method: 'dns-01', caaIdentities: [] }))).toEqual([]);
  });

  it('is blocked where no challenge of the provider is for it, and its CAA records are looked at all the same', async () => {
    const unprovable = { ...aRequest(['*.good.test', '*.wild.test']), method: null };
    const result = await runTask(domainCheck, unprovable);
    expect(result).toMatchObject({
      output: { names: [{ verdict: 'BLOCKED' }, { verdict: 'BLOCKED' }] },
      warnings: [
        { code: 'DOMAIN_BLOCKED', details: { name: '*.good.test', cause: 'NO_CHALLENGE' } },
        { code: 'DOMAIN_BLOCKED', details: { name: '*.wild.test', cause: 'NO_CHALLENGE' } },
        { code: 'DOMAIN_BLOCKED', details: { name: '*.wild.test', cause: 'CAA_FORBIDS' } },
      ],
    });
  });

  it('is reported by the task, name by name', async () => {
    const said: string[] = [];
    const request = aRequest(['good.test', 'nowhere.test']);
    const result = await runTask(domainCheck, request as never, { say: (line) => void said.push(line) });
    expect(result).toMatchObject({
      output: { names: [{ name: 'good.test' }, { name: 'nowhere.test', verdict: 'BLOCKED' }] },
    });
    expect(said).toContain('nowhere.test is BLOCKED. nowhere.test: The name has no address in the DNS.');
  });

  it('says what the limits of the CA leave, and warns of one that is used up', async () => {
    const nextAt = new Date(Date.now() + 3_600_000).toISOString();
    const budget = [
      { limit: 'new orders of the account', left: 300, most: 300, nextAt },
      { limit: 'certificates for good.test', left: 0, most: 50, nextAt },
    ];
    const said: string[] = [];
    const input = { ...aRequest(['good.test']), budget } as unknown as PlainObject;
    const result = await runTask(domainCheck, input, { say: (message) => said.push(message) });
    expect(said).toEqual(expect.arrayContaining(['The CA allows 0 of 50 more: certificates for good.test.']));
    expect(result).toMatchObject({
      status: 'NOTHING_TO_DO',
      output: { budget },
      warnings: expect.arrayContaining([
        expect.objectContaining({ code: 'CA_LIMIT_REACHED', details: { limit: 'certificates for good.test', nextAt } }),
      ]),
    });
  });
});
