import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import { newId } from '../../src/shared/ids.js';
import { CaConnection } from '../../workers/acme/ca-connection.js';
import { AcmeError } from '../../workers/acme/acme-error.js';
import type { IssueResult } from '../../workers/acme/issue-by-acme.js';
import { askRenewalInfo } from '../../workers/acme/ask-renewal-info.js';
import type { RenewalInfo } from '../../src/certificates/domain/acme/renewal-info.js';
import { problem, startAcmeFront, type AcmeFront } from '../support/acme-front.js';
import { problemsOf, refusal, startAcmeLab, type AcmeLab } from '../support/acme-lab.js';

let lab: AcmeLab;
let front: AcmeFront;

beforeAll(async () => {
  lab = await startAcmeLab();
});

afterAll(() => lab.stop());

beforeEach(async () => {
  front = await startAcmeFront(lab.pebble.ca);
});

afterEach(() => front.stop());

const issue = (changes: Partial<AcmeIssueRequest> = {}): Promise<IssueResult> =>
  lab.issue({ ca: front.ca, ...changes });

const ordersAsked = () => front.asked.filter(({ path }) => path === '/order-plz').map(({ payload }) => payload);

/** Once for each path that fits. */
function firstTime(path: RegExp, answer: ReturnType<AcmeFront['before']>): AcmeFront['before'] {
  let left = 1;
  return (asked) => (path.test(asked.path) && asked.method === 'POST' && left-- > 0 ? answer : undefined);
}

describe('a CA that has a bad moment', () => {
  it.each([
    ['500 without a word', '/finalize-order', { status: 500, headers: {}, body: '' }],
    [
      '503 with Retry-After in seconds',
      '/order-plz',
      problem('rateLimited', 503, 'Service busy; retry later.', { 'retry-after': '1' }),
    ],
    [
      '429 with a short Retry-After',
      '/finalize-order',
      problem('rateLimited', 429, 'Slow down', { 'retry-after': '1' }),
    ],
    ['a connection cut in the middle', '/finalize-order', 'CUT' as const],
    [
      'JSON that is cut off',
      '/my-order',
      { status: 200, headers: { 'content-type': 'application/json' }, body: '{"status":"pen' },
    ],
    ['a nonce that it does not like', '/order-plz', problem('badNonce', 400, 'JWS has an invalid anti-replay nonce')],
  ])('is asked again, signed anew: %s', async (_, path, answer) => {
    front.before = firstTime(new RegExp(path), answer);
    expect(problemsOf(await issue())).toEqual([]);
    const nonces = front.asked.map(({ header }) => header['nonce']).filter((nonce) => nonce !== undefined);
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  it.each([500, 502, 504])(
    'is not asked for a second order in the same breath after a %i, behind which there may be one',
    async (status) => {
      front.after = (asked, answer) => (asked.path === '/order-plz' ? { status, headers: {}, body: '' } : answer);
      const certificateId = newId();
      const before = lab.ordersMade();
      const refused = refusal(await issue({ certificateId }));
      expect(refused).toMatchObject({ causes: { order: 'CA_DOWN' }, caSide: true, retryAt: expect.any(String) });
      expect([ordersAsked().length, lab.ordersMade() - before]).toEqual([1, 1]);
      front.after = (_, answer) => answer;
      expect(problemsOf(await issue({ certificateId }))).toEqual([]);
    },
  );

  it.each([
    ['in seconds', () => String(40 * 24 * 3_600), 7 * 24 * 3_600_000],
    ['as a date', () => new Date(Date.now() + 3_600_000).toUTCString(), 3_600_000],
    ['as garbage', () => 'soon', 3_600_000],
  ])(
    'that wants to be left alone for long (%s) is not asked again before, not even by a fresh process',
    async (_, headerNow, waitMs) => {
      const header = headerNow();
      front.before = (asked) =>
        asked.path === '/order-plz' ? problem('rateLimited', 429, 'too many', { 'retry-after': header }) : undefined;
      const certificateId = newId();
      const startedAt = Date.now();
      const refused = refusal(await issue({ certificateId }));
      expect(Date.now() - startedAt).toBeLessThan(10_000);
      expect(refused).toMatchObject({ causes: { order: 'RATE_LIMITED' }, caSide: true });
      expect(Math.abs(Date.parse(refused.retryAt ?? '') - startedAt - waitMs)).toBeLessThan(15_000);
      const asked = front.asked.length;
      front.before = () => undefined;
      const again = header === 'soon' ? refused : refusal(await issue({ certificateId }));
      expect([again.retryAt, front.asked.length]).toEqual([refused.retryAt, asked]);
      const later = { now: () => new Date(Date.now() + 8 * 24 * 3_600_000) };
      expect(problemsOf(await lab.issue({ ca: front.ca, certificateId }, later))).toEqual([]);
    },
  );

  it('that says "ready" for a while after it was asked to issue is asked once more', async () => {
    let lies = 8;
    front.after = (asked, answer) => {
      const finalized = front.asked.some(({ path }) => path.startsWith('/finalize-order'));
      if (!finalized || !/^\/(my-order|finalize-order)/.test(asked.path) || lies-- <= 0) {
        return answer;
      }
      const { certificate: _, ...order } = JSON.parse(answer.body) as Record<string, unknown>;
      return { ...answer, body: JSON.stringify({ ...order, status: 'ready' }) };
    };
    expect(problemsOf(await issue())).toEqual([]);
  });

  it('that says "processing" is asked again when it says, and the order is kept when that is late', async () => {
    let rounds = 2;
    let wait = '1';
    front.after = (asked, answer) => {
      if (!asked.path.startsWith('/my-order') || !answer.body.includes('"valid"') || rounds-- <= 0) {
        return answer;
      }
      const order = { ...(JSON.parse(answer.body) as object), status: 'processing', certificate: undefined };
      return { ...answer, headers: { ...answer.headers, 'retry-after': wait }, body: JSON.stringify(order) };
    };
    const startedAt = Date.now();
    expect(problemsOf(await issue())).toEqual([]);
    expect(Date.now() - startedAt).toBeGreaterThan(1_000);
    [rounds, wait] = [1, '600'];
    const certificateId = newId();
    const refused = refusal(await issue({ certificateId }));
    expect(refused.orderKept).toBe(true);
    const orders = ordersAsked().length;
    const later = { now: () => new Date(Date.now() + 700_000) };
    expect(problemsOf(await lab.issue({ ca: front.ca, certificateId }, later))).toEqual([]);
    expect(ordersAsked().length).toBe(orders);
  });

  it('whose chain is in the wrong order is put right; what is no certificate for our key is not installed', async () => {
    const blocks = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
    const certificateBody =
      (change: (blocks: readonly string[]) => readonly string[]): AcmeFront['after'] =>
      (asked, answer) =>
        asked.path.startsWith('/certZ')
          ? { ...answer, body: change(answer.body.match(blocks) ?? []).join('\n\n') }
          : answer;
    front.after = certificateBody((all) => all.toReversed());
    expect(problemsOf(await issue())).toEqual([]);
    front.after = certificateBody((all) => all.slice(1));
    expect(refusal(await issue()).causes).toEqual({ order: 'CERTIFICATE_UNUSABLE' });
    front.after = certificateBody((all) => all.slice(0, 1));
    const refused = refusal(await issue());
    expect(refused.problems[0]?.evidence).toContain('comes without the one that signed it');
  });

  it('from the first request on is asked again', async () => {
    let left = 2;
    front.before = () => (left-- > 0 ? { status: 503, headers: {}, body: '' } : undefined);
    expect(problemsOf(await issue())).toEqual([]);
  });

  it('that is not one says so', async () => {
    front.before = () => ({ status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' });
    const refused = refusal(await issue());
    expect(refused).toMatchObject({ causes: { order: 'CA_NOT_ACME' }, caSide: true });
  });

  it('that wants its new terms to be agreed to says where they are', async () => {
    front.before = (asked) =>
      asked.path === '/order-plz'
        ? {
            status: 403,
            headers: { 'content-type': 'application/problem+json' },
            body: JSON.stringify({
              type: 'urn:ietf:params:acme:error:userActionRequired',
              detail: 'Terms of service have changed',
              instance: 'https://ca.test/terms-2',
            }),
          }
        : undefined;
    expect(refusal(await issue()).problems[0]).toMatchObject({
      cause: 'TERMS_NOT_AGREED',
      instance: 'https://ca.test/terms-2',
    });
  });
});

describe('a certificate that replaces another', () => {
  const replaced = (accountUrl: string): AcmeIssueRequest['replaces'] => ({
    ariId: 'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE',
    directoryUrl: front.ca.directoryUrl,
    accountUrl,
  });

  async function accountUrl(): Promise<string> {
    const { outcome } = await issue();
    return outcome.status === 'ISSUED' ? outcome.accountUrl : '';
  }

  it('is ordered as its successor from the same CA and account only', async () => {
    const url = await accountUrl();
    const { outcome } = await issue({ replaces: replaced(url) });
    expect(outcome).toMatchObject({ status: 'ISSUED', replaced: true, warnings: [] });
    const elsewhere = await issue({ replaces: { ...replaced(url)!, accountUrl: `${url}0` } });
    expect(elsewhere.outcome).toMatchObject({ status: 'ISSUED', replaced: false });
    expect(ordersAsked().map((payload) => payload?.['replaces'])).toEqual([
      undefined,
      'aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE',
      undefined,
    ]);
  });

  it.each([
    ['alreadyReplaced', 409, 'which already has a replacement order'],
    ['malformed', 400, 'identifiers in this order do not match any identifiers in the certificate being replaced'],
    ['unauthorized', 403, 'requester account did not request the certificate being replaced by this order'],
    ['malformed', 404, 'no such certificate'],
  ])('is ordered once more without that after %s (%i)', async (type, status, detail) => {
    const url = await accountUrl();
    front.before = (asked) => (asked.payload?.['replaces'] === undefined ? undefined : problem(type, status, detail));
    const { outcome } = await issue({ replaces: replaced(url) });
    expect(outcome).toMatchObject({ status: 'ISSUED', replaced: false, warnings: [expect.stringContaining(detail)] });
    expect(ordersAsked()).toHaveLength(3);
  });
});

describe('a profile', () => {
  const withProfiles: AcmeFront['after'] = (asked, answer) => {
    if (asked.path !== '/dir') {
      return answer;
    }
    const directory = JSON.parse(answer.body) as { meta: object };
    return {
      ...answer,
      body: JSON.stringify({ ...directory, meta: { ...directory.meta, profiles: { tlsserver: 'short' } } }),
    };
  };

  it('is sent when the CA has it; refused by the CA, its default is taken, or none at all where it is required', async () => {
    front.after = withProfiles;
    const profile = { name: 'tlsserver', required: false };
    expect((await issue({ profile })).outcome).toMatchObject({ status: 'ISSUED', profile: 'tlsserver', warnings: [] });
    expect(ordersAsked()[0]?.['profile']).toBe('tlsserver');
    front.before = (asked) =>
      asked.payload?.['profile'] === undefined ? undefined : problem('invalidProfile', 400, 'not for you');
    expect((await issue({ profile })).outcome).toMatchObject({
      status: 'ISSUED',
      profile: null,
      warnings: [expect.stringContaining('not for you')],
    });
    expect(refusal(await issue({ profile: { ...profile, required: true } })).causes).toEqual({
      order: 'PROFILE_UNKNOWN',
    });
  });
});

describe('the advice of a CA when to renew', () => {
  const NOW = new Date();
  const askOf = ({ ca }: AcmeFront, certificatePem: string): Promise<RenewalInfo | null> =>
    askRenewalInfo(ca, certificatePem, NOW);

  it('is asked for by the name of the certificate', async () => {
    const { outcome } = await issue();
    const certificatePem = outcome.status === 'ISSUED' ? outcome.certificatePem : '';
    const ariId = outcome.status === 'ISSUED' ? outcome.ariId : '';
    await front.stop();
    front = await startAcmeFront(lab.pebble.ca);
    const window = { start: '2026-11-30T10:00:00Z', end: '2026-12-01T10:00:00Z' };
    front.after = (asked, answer) =>
      asked.path === '/dir'
        ? {
            ...answer,
            body: JSON.stringify({
              ...(JSON.parse(answer.body) as object),
              renewalInfo: `${front.ca.directoryUrl}/ari`,
            }),
          }
        : answer;
    front.before = (asked) =>
      asked.path.startsWith('/dir/ari')
        ? {
            status: 200,
            headers: { 'content-type': 'application/json', 'retry-after': '9999999' },
            body: JSON.stringify({ suggestedWindow: window, explanationURL: 'https://ca.test/why' }),
          }
        : undefined;
    expect(await askOf(front, certificatePem)).toEqual({
      window: { start: new Date(window.start), end: new Date(window.end) },
      explanationUrl: 'https://ca.test/why',
      askAgainAt: new Date(NOW.getTime() + 24 * 3_600_000),
    });
    expect(front.asked.at(-1)?.path).toBe(`/dir/ari/${ariId}`);
  });

  it('is not waited for longer than ten seconds', async () => {
    const { outcome } = await issue();
    const certificatePem = outcome.status === 'ISSUED' ? outcome.certificatePem : '';
    const other = await startAcmeFront(lab.pebble.ca);
    other.before = () => 'HANG';
    const startedAt = Date.now();
    await expect(askOf(other, certificatePem)).rejects.toMatchObject({ problem: { type: 'local:timeout' } });
    await other.stop();
    expect(Date.now() - startedAt).toBeLessThan(13_000);
  });

  it('is none where the CA has none', async () => {
    const { outcome } = await issue();
    const certificatePem = outcome.status === 'ISSUED' ? outcome.certificatePem : '';
    expect(await askOf(front, certificatePem)).toBeNull();
  });
});

describe('the connection', () => {
  const aQuick = (changes: object = {}): CaConnection =>
    new CaConnection({ ...front.ca, ...changes }, { connectMs: 400, headersMs: 400, totalMs: 900 });

  const typeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'none',
      (error: unknown) => (error instanceof AcmeError ? error.problem.type : String(error)),
    );

  const signal = new AbortController().signal;

  it('ends with its deadlines, with the caller, and with the size of an answer', async () => {
    front.before = () => 'HANG';
    expect(await typeOf(aQuick().directory(signal))).toBe('local:timeout');
    const abort = new AbortController();
    const waiting = typeOf(new CaConnection(front.ca).directory(abort.signal));
    abort.abort();
    expect(await waiting).toBe('local:cancelled');
    front.before = () => ({ status: 200, headers: {}, body: 'x'.repeat(1024 * 1024 + 1) });
    expect(await typeOf(aQuick().directory(signal))).toBe('local:tooLarge');
    expect(await typeOf(aQuick({ caBundlePem: null }).directory(signal))).toBe('local:tlsUntrusted');
    const silent = createHttpServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    silent.removeAllListeners('connection');
    expect(await typeOf(aQuick({ directoryUrl: `https://127.0.0.1:${port}/dir` }).directory(signal))).toBe(
      'local:connectTimeout',
    );
    silent.close();
    expect(await typeOf(aQuick({ directoryUrl: `https://127.0.0.1:${port}/dir` }).directory(signal))).toBe(
      'local:connectionRefused',
    );
  });

  it('goes through a proxy, with its password, and says when that refuses', async () => {
    const tunnels: string[] = [];
    const proxy = createHttpServer().listen(0, '127.0.0.1');
    proxy.on('connect', (asked, socket) => {
      tunnels.push(`${asked.url} ${asked.headers['proxy-authorization']}`);
      if (asked.headers['proxy-authorization'] === undefined) {
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
        return;
      }
      const [, port] = (asked.url ?? '').split(':');
      const onward = connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => socket.destroy());
      socket.on('error', () => onward.destroy());
    });
    await once(proxy, 'listening');
    const { port } = proxy.address() as AddressInfo;
    try {
      const file = join(lab.root, 'proxy');
      await writeFile(file, 'me:p@ss\n', { mode: 0o600 });
      const ca = { ...front.ca, proxyUrl: `http://127.0.0.1:${port}`, proxySecret: { file } };
      expect(problemsOf(await issue({ ca }))).toEqual([]);
      const authorization = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
      expect(tunnels[0]).toBe(`${new URL(front.ca.directoryUrl).host} ${authorization}`);
      expect(await typeOf(aQuick({ proxyUrl: `http://127.0.0.1:${port}` }).directory(signal))).toBe(
        'local:proxyRefused',
      );
      const without = { ...ca, proxySecret: { file: `${file}.gone` } };
      expect(refusal(await issue({ ca: without })).causes).toEqual({ order: 'CA_UNREACHABLE' });
    } finally {
      proxy.closeAllConnections();
      proxy.close();
    }
  });

  it('is refused to anything but https', () => {
    expect(() => new CaConnection({ ...front.ca, directoryUrl: 'http://ca.example.test/dir' })).toThrow(/not an https/);
  });

  it('trusts the CA bundle for this CA only', async () => {
    const { outcome } = await issue();
    expect(outcome.status === 'ISSUED' && new X509Certificate(outcome.certificatePem).ca).toBe(false);
    const other = { ...front.ca, caBundlePem: lab.pebble.ca.caBundlePem };
    expect(refusal(await issue({ ca: other })).causes).toEqual({ order: 'CA_NOT_TRUSTED' });
  });
});
