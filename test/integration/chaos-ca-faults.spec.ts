import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAULTS, type FaultName, type FaultRule } from '../chaos-ca/faults.js';
import { aStage, type Stage } from '../chaos-ca/probe/a-ca.js';
import type { AcmeProbe } from '../chaos-ca/probe/acme-probe.js';
import { chainOf, problem } from '../chaos-ca/probe/read-reply.js';
import { VirtualClock } from '../chaos-ca/virtual-clock.js';

const HOUR_MS = 3_600_000;
const clock = new VirtualClock(new Date());

let stage: Stage;
let client: AcmeProbe;

beforeEach(async () => {
  stage = await aStage({ clock, limits: {} });
  client = await stage.client();
});

afterEach(() => stage.stop());

const on = (fault: FaultName, rule: Omit<FaultRule, 'fault'> = {}): void => stage.ca.faults.add({ fault, ...rule });
const order = (...names: readonly string[]) => client.newOrder(names.length > 0 ? names : ['a.test']);

/** What each fault of the table does; none can be forgotten. */
const SHOWN: Readonly<Record<FaultName, () => Promise<void>>> = {
  async badNonce() {
    on('badNonce', { times: 1 });
    const refused = await order();
    expect([problem(refused), typeof refused.headers['replay-nonce']]).toEqual(['400 badNonce', 'string']);
    expect((await order()).status).toBe(201);
  },
  async rateLimited() {
    const forms = ['SECONDS', 'DATE', 'FORTY_DAYS', 'GARBAGE', 'NONE'] as const;
    const said = [];
    for (const retryAfter of forms) {
      on('rateLimited', { times: 1, operations: ['newOrder'], retryAfter });
      const reply = await order();
      said.push([problem(reply), reply.headers['retry-after']]);
    }
    const date = new Date(clock.ms() + 2_000).toUTCString();
    expect(said).toEqual(
      ['2', date, '3456000', 'soon; or -1e999', undefined].map((value) => ['429 rateLimited', value]),
    );
  },
  async serverError() {
    const operations = ['newOrder'];
    on('serverError', { times: 1, operations });
    expect(problem(await order())).toBe('500 serverInternal');
    on('serverError', { times: 1, operations, status: 503, body: 'EMPTY_OBJECT', retryAfter: 'SECONDS' });
    const empty = await order();
    expect([empty.status, empty.text, empty.headers['retry-after']]).toEqual([503, '{}', '2']);
    on('serverError', { times: 1, operations, status: 502, body: 'HTML' });
    const html = await order();
    expect([html.status, html.headers['content-type']]).toEqual([502, 'text/html']);
    expect(stage.ca.state.orders.size).toBe(0);
  },
  async hang() {
    on('hang', { operations: ['directory'] });
    const answer = client.get(stage.ca.directoryUrl).then(
      () => 'answered',
      () => 'gone',
    );
    const pause = new Promise((resolve) => {
      setTimeout(resolve, 150, 'hangs');
    });
    expect(await Promise.race([answer, pause])).toBe('hangs');
    client.close();
    expect(await answer).toBe('gone');
  },
  async slowDrip() {
    on('slowDrip', { operations: ['directory'], delayMs: 300 });
    const start = performance.now();
    const { body } = await client.get(stage.ca.directoryUrl);
    expect(performance.now() - start).toBeGreaterThan(290);
    expect(body.newOrder).toBe(client.directory.newOrder);
  },
  async tlsReset() {
    on('tlsReset', { times: 1, operations: ['newOrder'] });
    await expect(order()).rejects.toThrow(/socket|ECONNRESET/);
    expect(stage.ca.state.orders.size).toBe(0);
    expect((await order()).status).toBe(201);
  },
  async lostAnswer() {
    on('lostAnswer', { times: 1, operations: ['newOrder'] });
    await expect(order()).rejects.toThrow(/socket|ECONNRESET/);
    expect(stage.ca.state.orders.size).toBe(1);
  },
  async truncatedJson() {
    on('truncatedJson', { operations: ['newOrder'] });
    const { status, text } = await order();
    expect([status, text.startsWith('{'), text.endsWith('}')]).toEqual([201, true, false]);
  },
  processing: () => pretends('processing', 'processing'),
  readyWithoutCertificate: () => pretends('readyWithoutCertificate', 'ready'),
  validWithoutCertificate: () => pretends('validWithoutCertificate', 'valid'),
  async orderReuse() {
    on('orderReuse');
    const first = await order('a.test', 'b.test');
    const again = await order('b.test', 'a.test');
    const other = await order('a.test');
    expect(again.headers.location).toBe(first.headers.location);
    expect(other.headers.location).not.toBe(first.headers.location);
  },
  async authzReuse() {
    on('authzReuse');
    await client.issue(['a.test']);
    const again = await order('a.test');
    expect(again.body.status).toBe('ready');
    expect((await order('a.test', 'b.test')).body.status).toBe('pending');
    expect((await (await stage.client()).newOrder(['a.test'])).body.status).toBe('pending');
    clock.advance(30 * 24 * HOUR_MS);
    expect((await order('a.test')).body.status).toBe('pending');
  },
  async wrongChainOrder() {
    on('wrongChainOrder');
    const chain = chainOf(await client.issue(['a.test']));
    expect(chain.map(({ ca }) => ca)).toEqual([true, true, false]);
  },
  async missingName() {
    on('missingName');
    const [leaf] = chainOf(await client.issue(['a.test', 'b.test']));
    expect(leaf!.subjectAltName).toBe('DNS:a.test');
  },
  async stagingRoot() {
    on('stagingRoot');
    const [leaf, intermediate] = chainOf(await client.issue(['a.test']));
    expect([leaf!.issuer.includes('(STAGING)'), leaf!.verify(intermediate!.publicKey)]).toEqual([true, true]);
  },
  async alreadyReplaced() {
    on('alreadyReplaced');
    await client.issue(['a.test']);
    const [facts] = stage.ca.state.desk.certificates.all();
    expect(problem(await client.newOrder(['a.test'], { replaces: facts!.certId }))).toBe('409 alreadyReplaced');
    expect((await order('a.test')).status).toBe(201);
  },
  async accountDoesNotExist() {
    on('accountDoesNotExist');
    expect(problem(await order())).toBe('400 accountDoesNotExist');
  },
  async userActionRequired() {
    on('userActionRequired');
    const reply = await order();
    const terms = stage.ca.state.options.termsOfService;
    expect([problem(reply), reply.body.instance]).toEqual(['403 userActionRequired', terms]);
    expect(reply.headers.link).toContain(`<${terms}>;rel="terms-of-service"`);
  },
  async paused() {
    on('paused', { names: ['bad.test'] });
    const reply = await order('a.test', 'bad.test');
    expect([problem(reply), reply.headers['retry-after']]).toEqual(['429 rateLimited', undefined]);
    expect(reply.body.detail).toContain(stage.ca.state.desk.unpauseUrl);
    expect((await order('a.test')).status).toBe(201);
  },
  async caa() {
    on('caa', { names: ['a.test'], operations: ['challenge'] });
    const failed = await order('a.test');
    await client.prove(failed);
    const { body } = await client.post(failed.headers.location!);
    expect(body.error).toMatchObject({ type: 'urn:ietf:params:acme:error:caa' });
    stage.ca.faults.clear();
    on('caa', { operations: ['finalize'] });
    const late = await order('b.test');
    await client.prove(late);
    const final = await client.finalize(late, ['b.test']);
    expect([final.body.status, (final.body.error as { type: string }).type]).toEqual([
      'invalid',
      'urn:ietf:params:acme:error:caa',
    ]);
  },
  async subproblems() {
    on('subproblems', { names: ['b.test', 'c.test'] });
    const { body } = await order('a.test', 'b.test', 'c.test');
    const named = (body.subproblems as readonly { identifier: { value: string } }[]).map(
      ({ identifier }) => identifier.value,
    );
    expect([body.type, named]).toEqual(['urn:ietf:params:acme:error:rejectedIdentifier', ['b.test', 'c.test']]);
  },
  async revoked() {
    on('revoked');
    await client.issue(['a.test']);
    expect((await renewalWindow()).end).toBeLessThan(clock.ms());
  },
  async windowMoved() {
    await client.issue(['a.test']);
    const before = await renewalWindow();
    on('windowMoved', { times: 1, byMs: -5 * HOUR_MS });
    const after = await renewalWindow();
    expect([after.start - before.start, (await renewalWindow()).start]).toEqual([-5 * HOUR_MS, after.start]);
  },
  async duplicateCertificateUrl() {
    await client.issue(['a.test']);
    on('duplicateCertificateUrl');
    const [leaf] = chainOf(await client.issue(['b.test']));
    expect(leaf!.subjectAltName).toBe('DNS:a.test');
  },
  async idnaCase() {
    on('idnaCase');
    const { body } = await order('a.test', 'xn--bcher-kva.test');
    expect((body.identifiers as readonly { value: string }[]).map(({ value }) => value)).toEqual([
      'A.TEST',
      'bücher.test',
    ]);
  },
  async validationFails() {
    on('validationFails', { names: ['b.test'] });
    const failed = await order('a.test', 'b.test');
    await client.prove(failed);
    const { error } = (await client.post(failed.headers.location!)).body;
    expect(error).toMatchObject({
      type: 'urn:ietf:params:acme:error:connection',
      subproblems: [{ identifier: { value: 'b.test' } }],
    });
  },
};

async function pretends(fault: FaultName, status: string): Promise<void> {
  on(fault, { polls: 2 });
  const made = await order('a.test');
  await client.prove(made);
  const looks = [await client.finalize(made, ['a.test'])];
  for (let count = 0; count < 3; count += 1) {
    looks.push(await client.post(made.headers.location!));
  }
  const seen = looks.map(({ body }) => [body.status, typeof body.certificate]);
  expect(seen).toEqual([...Array.from({ length: 3 }, () => [status, 'undefined']), ['valid', 'string']]);
}

async function renewalWindow(): Promise<{ readonly start: number; readonly end: number }> {
  const [facts] = stage.ca.state.desk.certificates.all();
  const { body } = await client.get(`${client.directory.renewalInfo}/${facts!.certId}`);
  const { start, end } = body.suggestedWindow as { start: string; end: string };
  return { start: Date.parse(start), end: Date.parse(end) };
}

describe('a fault', () => {
  it.each(Object.entries(FAULTS))('%s: %s', async (name) => {
    await expect(SHOWN[name as FaultName]()).resolves.toBeUndefined();
  });

  it('happens as often as it is said to, and the same again with the same seed', async () => {
    const refused = async (seed: number): Promise<readonly boolean[]> => {
      const own = await aStage({
        seed,
        faults: [{ fault: 'serverError', probability: 0.3, operations: ['directory'] }],
      });
      const all: boolean[] = [];
      const probe = await own.stranger();
      for (let count = 0; count < 100; count += 1) {
        all.push((await probe.get(own.ca.directoryUrl)).status === 500);
      }
      await own.stop();
      return all;
    };
    const [first, again, other] = [await refused(1), await refused(1), await refused(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    expect(first.filter(Boolean).length).toBeGreaterThan(15);
    expect(first.filter(Boolean).length).toBeLessThan(45);
  });
});
