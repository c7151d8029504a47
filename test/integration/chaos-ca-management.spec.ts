import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FAULTS } from '../chaos-ca/faults.js';
import { aStage, type Stage } from '../chaos-ca/probe/a-ca.js';
import type { AcmeProbe } from '../chaos-ca/probe/acme-probe.js';
import { problem } from '../chaos-ca/probe/read-reply.js';
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

const order = (name = 'a.test') => client.newOrder([name]);

describe('management', () => {
  const manage = (path: string, body?: object) => {
    const url = stage.ca.directoryUrl.replace('directory', path);
    return body === undefined ? client.get(url) : client.send('POST', url, JSON.stringify(body));
  };

  it('switches faults on and off, and tells them', async () => {
    expect((await manage('chaos')).body.faults).toEqual(FAULTS);
    expect((await manage('chaos/faults', { fault: 'rateLimited', operations: ['newOrder'] })).status).toBe(200);
    expect(problem(await order())).toBe('429 rateLimited');
    await manage('chaos/faults', { clear: 'rateLimited' });
    expect((await order()).status).toBe(201);
    expect((await manage('chaos/state')).body).toMatchObject({ faults: { rateLimited: 1 }, orders: 1 });
    expect((await manage('chaos/faults', { fault: 'nonsense' })).status).toBe(400);
  });

  it('moves the clock', async () => {
    const before = clock.ms();
    expect((await manage('chaos/clock', { advanceMs: HOUR_MS })).body.now).toBe(
      new Date(before + HOUR_MS).toISOString(),
    );
    expect((await manage('chaos/clock', { set: '2030-01-01T00:00:00Z' })).body.now).toBe('2030-01-01T00:00:00.000Z');
    await manage('chaos/clock', { set: new Date(before).toISOString() });
  });

  it('has an incident', async () => {
    await client.issue(['a.test']);
    expect((await manage('chaos/incident', { names: ['b.test'] })).body).toEqual({ certificates: 0 });
    expect((await manage('chaos/incident', { names: ['a.test'], explanationUrl: 'https://ca.test/why' })).body).toEqual(
      { certificates: 1 },
    );
    const [facts] = stage.ca.state.desk.certificates.all();
    const { body } = await client.get(`${client.directory.renewalInfo}/${facts!.certId}`);
    expect(body.explanationURL).toBe('https://ca.test/why');
    expect(Date.parse((body.suggestedWindow as { end: string }).end)).toBeLessThan(clock.ms());
  });
});

describe('limits over HTTP', () => {
  it('answer 429 with what to wait for, and then let pass again', async () => {
    const names = Array.from({ length: 5 }, () => client.issue(['a.test']));
    await Promise.all(names);
    const refused = await order('a.test');
    const seconds = Number(refused.headers['retry-after']);
    expect([problem(refused), Math.round(seconds / 360) / 10]).toEqual(['429 rateLimited', 33.6]);
    expect(refused.headers.link).toContain('rel="help"');
    clock.advance(seconds * 1_000);
    expect((await order('a.test')).status).toBe(201);
  });

  it('pause a name that never works, until somebody says so', async () => {
    const { limits } = stage.ca.state.desk;
    const account = client.kid!.split('/').at(-1)!;
    for (let count = 0; count < 1_152; count += 1) {
      limits!.validationFailed(account, 'a.test');
    }
    clock.advance(HOUR_MS);
    expect((await order('a.test')).body.detail).toContain('/sfe/v1/unpause');
    limits!.unpause(account);
    expect((await order('a.test')).status).toBe(201);
  });

  it('answer 503 to too many requests of one address', async () => {
    const own = await aStage({ clock, limitsRequests: true });
    const probe = await own.stranger();
    const replies = await Promise.all(Array.from({ length: 60 }, () => probe.get(own.ca.directoryUrl)));
    await own.stop();
    const statuses = replies.map(({ status, headers }) => [status, headers['retry-after']]);
    expect(statuses.filter(([status]) => status === 200)).toHaveLength(39);
    expect(statuses.find(([status]) => status !== 200)).toEqual([503, '1']);
  });
});
