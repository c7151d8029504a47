import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { NO_DRIFT } from '../../src/operations/domain/drift.js';
import { exclusive, shared } from '../../src/operations/domain/lock.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { ENCRYPTION_ALGORITHM, importKey } from '../../src/queue/key-files.js';
import { MemoryMessageQueue } from '../../src/queue/memory-message-queue.js';
import { relayQueue } from '../../src/queue/queue-names.js';
import { runnerUser } from '../../src/queue/redis-acl.js';
import { connectRedis } from '../../src/queue/redis-connection.js';
import { RunnerIdentity } from '../../src/runner/identity.js';
import { ReportSender } from '../../src/runner/report-sender.js';
import { NEVER, later } from '../../src/shared/failure.js';
import { newId } from '../../src/shared/ids.js';
import { aDirectory } from '../support/an-order.js';
import { TestControlPlane } from '../support/control-plane.js';
import { eventually } from '../support/eventually.js';
import { aGate } from '../support/gate.js';
import { startTestMariadb, type TestMariadb } from '../support/private-mariadb.js';
import { startTestRedis, type TestRedis } from '../support/private-redis.js';
import { ScriptedTasks, TestRunner } from '../support/test-runner.js';

let mariadb: TestMariadb;
let redis: TestRedis;
let plane: TestControlPlane;
let identity: RunnerIdentity;
let serverId: string;
let journals: string;
let tasks: ScriptedTasks;
const runners: TestRunner[] = [];

beforeAll(async () => {
  [mariadb, redis] = await Promise.all([startTestMariadb(), startTestRedis()]);
});
afterAll(async () => {
  await Promise.all([mariadb?.stop(), redis?.stop()]);
});

beforeEach(async () => {
  const directory = await aDirectory();
  plane = await TestControlPlane.start(await mariadb.createDatabase(), redis.url, join(directory, 'plane'));
  await plane.connections.client.flushall();
  identity = await RunnerIdentity.load(join(directory, 'runner'));
  serverId = identity.serverId;
  journals = join(directory, 'journals');
  tasks = new ScriptedTasks();
});
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop()));
  await plane.stop();
});

async function aRunner(heartbeatMs?: number): Promise<TestRunner> {
  const runner = await TestRunner.start(plane, identity, redis.url, journals, tasks, heartbeatMs);
  runners.push(runner);
  return runner;
}

/** The task waits at this gate, every time. */
function holdAt(task: string): { open(): void } {
  const gate = aGate<TaskResult>();
  tasks.behaviours.set(task, () => gate.passed);
  return { open: () => gate.open({ status: 'SUCCESS', undo: {} }) };
}

const reaches = (call: string, times = 1): Promise<void> =>
  eventually(() => expect(tasks.asked.filter((each) => each === call)).toHaveLength(times));
const aFailure = (retry = NEVER): TaskResult => ({
  status: 'ERROR',
  failure: { code: 'DISK_FULL', summary: 'The disk is full.', hint: 'Make room.', retry },
});
const whenCancelled = (signal: AbortSignal): Promise<TaskResult> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(aFailure())));

const DONE = ['a', 'b', 'c'].flatMap((task) => [`${task} RUNNING`, `${task} SUCCESS`]);
const UNDISTURBED = ['QUEUED', 'DISPATCHED', 'RUNNING', ...DONE, 'SUCCEEDED'];

describe('an operation', () => {
  it('goes all the way, with an ordered history and its fields written', async () => {
    await aRunner();
    const siteId = await plane.aSite();
    tasks.behaviours.set('b', () => ({
      status: 'SUCCESS',
      fields: [{ subject: 'site', id: siteId, fields: { label: 'after' } }],
    }));
    const { id } = await plane.ask({ serverId, siteId });
    expect(await plane.ended(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 1, failure: null, leaseUntil: null });
    expect(await plane.story(id)).toEqual(UNDISTURBED);
    expect((await plane.store.tasks([id])).map(({ state }) => state)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
    expect(await plane.labelOf(siteId)).toBe('after');
  });

  it('fails, is undone, and says what was', async () => {
    await aRunner();
    tasks.behaviours.set('b', () => aFailure());
    const { id } = await plane.ask({ serverId });
    expect(await plane.ended(id)).toMatchObject({ state: 'FAILED', failure: { code: 'DISK_FULL', task: 'b' } });
    expect(await plane.story(id)).toEqual([...UNDISTURBED.slice(0, 5), 'b RUNNING', 'b ERROR', 'a UNDONE', 'FAILED']);
    expect((await plane.store.tasks([id])).map(({ state }) => state)).toEqual(['UNDONE', 'ERROR', 'SKIPPED']);
  });

  it('is done once, however often its order comes', async () => {
    await aRunner();
    const gate = holdAt('b');
    const { id } = await plane.ask({ serverId });
    await reaches('b');
    for (let times = 0; times < 3; times += 1) {
      await plane.dispatcher.resend(await plane.see(id));
    }
    gate.open();
    await plane.ended(id);
    await plane.sender.send(serverId, { ...(await anOldOrder(id)) });
    await plane.ended((await plane.ask({ serverId, tasks: [{ name: 'd', input: {} }] })).id);
    expect([tasks.asked, await plane.story(id)]).toEqual([['a', 'b', 'c', 'd'], UNDISTURBED]);
  });

  it.each(['a', 'b', 'c'])('resumes when its runner is killed in the middle of %s', async (task) => {
    holdAt(task);
    const first = await aRunner();
    const { id } = await plane.ask({ serverId });
    await reaches(task);
    first.kill();
    tasks.behaviours.delete(task);
    await aRunner();
    expect(await plane.ended(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
    expect(await plane.story(id)).toEqual(UNDISTURBED);
    expect(tasks.asked).toEqual(['a', 'b', 'c'].flatMap((name) => (name === task ? [name, name] : [name])));
  });

  it('is given to the runner again when its lease runs out, and goes on from what was finished', async () => {
    const never = holdAt('b');
    const first = await aRunner();
    const { id } = await plane.ask({ serverId });
    await reaches('b');
    await eventually(async () => expect(await plane.story(id)).toContain('b RUNNING'));
    first.kill();
    void never;
    await plane.pushTime(31_000);
    await eventually(async () => expect(await plane.see(id)).toMatchObject({ state: 'DISPATCHED', attempt: 2 }));
    tasks.behaviours.delete('b');
    await aRunner();
    expect(await plane.ended(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
    expect(tasks.asked).toEqual(['a', 'b', 'b', 'c']);
  });

  it('keeps its lease while the runner gives signs of life', async () => {
    const gate = holdAt('b');
    onTestFinished(() => gate.open());
    await aRunner(50);
    const { id } = await plane.ask({ serverId });
    await reaches('b');
    plane.clock.push(29_000);
    const pushed = plane.clock.now().getTime();
    await eventually(async () => expect((await plane.see(id)).leaseUntil!.getTime()).toBeGreaterThan(pushed + 25_000));
    await plane.pushTime(20_000);
    // A sign of life may come before the first report, which waits a moment for company.
    await eventually(async () => expect(await plane.see(id)).toMatchObject({ state: 'RUNNING', attempt: 1 }));
    gate.open();
    await plane.ended(id);
    expect(plane.runners.heardOf).toContain(serverId);
  });

  it('survives that Redis loses every order', async () => {
    const { id } = await plane.ask({ serverId: registered() });
    await eventually(async () => expect((await plane.see(id)).state).toBe('DISPATCHED'));
    await plane.dispatcher.idle();
    await plane.connections.client.flushall();
    await aRunner();
    await plane.pushTime(16_000);
    expect(await plane.ended(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 1 });
  });

  it('survives that Redis loses every report', async () => {
    await aRunner();
    const gate = holdAt('b');
    const { id } = await plane.ask({ serverId });
    await eventually(async () => expect(await plane.story(id)).toContain('b RUNNING'));
    await plane.stopRelay();
    gate.open();
    await eventually(async () =>
      expect(await plane.connections.client.llen(`hler:relay.${serverId}:wait`)).toBeGreaterThan(0),
    );
    await reaches('c');
    await eventually(async () => {
      await plane.connections.client.flushall();
      expect(await plane.connections.client.keys('hler:relay.*')).toEqual([]);
    });
    await plane.startRelay();
    await eventually(async () => {
      await plane.pushTime(31_000);
      expect((await plane.see(id)).attempt).toBeGreaterThan(1);
    });
    expect(await plane.ended(id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(tasks.asked).toEqual(['a', 'b', 'c']);
  });

  it('loses nothing while the relay is down', async () => {
    await aRunner();
    await plane.stopRelay();
    const { id } = await plane.ask({ serverId });
    await reaches('c');
    expect((await plane.see(id)).state).toBe('DISPATCHED');
    await plane.startRelay();
    await plane.ended(id);
    expect(await plane.story(id)).toEqual(UNDISTURBED);
  });

  it('is handed from a runner that stops to the next one, with the running task brought to its end', async () => {
    const gate = holdAt('b');
    const first = await aRunner();
    const { id } = await plane.ask({ serverId });
    await reaches('b');
    const stopped = first.stop();
    gate.open();
    await stopped;
    runners.splice(0);
    expect(tasks.asked).toEqual(['a', 'b']);
    await aRunner();
    await plane.ended(id);
    expect([tasks.asked, await plane.story(id)]).toEqual([['a', 'b', 'c'], UNDISTURBED]);
  });

  it('ends when the runner was lost five times', async () => {
    const { id } = await plane.ask({ serverId: registered() });
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await eventually(async () => expect(await plane.see(id)).toMatchObject({ state: 'DISPATCHED', attempt }));
      await plane.dispatcher.idle();
      await plane.store.extendLeases(serverId, [{ id, attempt }], plane.clock.now());
      await plane.pushTime(1_000);
    }
    expect(await plane.see(id)).toMatchObject({ state: 'TIMED_OUT', failure: { code: 'RUNNER_LOST' } });
  });
});

describe('a report', () => {
  const started = (operationId: string, attempt = 1, n = 1) =>
    ({
      type: 'progress',
      operations: [
        {
          operationId,
          attempt,
          events: [
            { n, at: new Date().toISOString(), type: 'finished', state: 'SUCCEEDED', failure: null, fields: [] },
          ],
        },
      ],
    }) as const;

  /** Something sent after it has been heard, so it has been looked at. */
  async function settle(): Promise<void> {
    await plane.ended((await plane.ask({ serverId })).id);
  }

  it('of another server about this one changes nothing, whomever it says to be from', async () => {
    const runner = await aRunner();
    const gate = holdAt('b');
    const { id } = await plane.ask({ serverId });
    await eventually(async () => expect(await plane.story(id)).toContain('b RUNNING'));
    const strangerKeys = await RunnerIdentity.load(await aDirectory());
    const stranger = await TestRunner.start(plane, strangerKeys, redis.url, await aDirectory(), tasks);
    runners.push(stranger);
    const next = (await plane.see(id)).relayedThrough + 1;
    await stranger.reports.send(started(id, 1, next));
    const impostor = Object.assign(Object.create(strangerKeys) as RunnerIdentity, { serverId });
    plane.runners.register(serverId, identity.publicKeys);
    const relayKey = await importKey(plane.keys.publicKeys.encryption, ENCRYPTION_ALGORITHM);
    const queue = (stranger as unknown as { readonly queue: ConstructorParameters<typeof ReportSender>[0] }).queue;
    await expect(new ReportSender(queue, impostor, relayKey).send(started(id, 1, next))).rejects.toThrow(/NOPERM/);
    await new ReportSender(plane.queue, impostor, relayKey).send(started(id, 1, next));
    tasks.behaviours.delete('b');
    await settle();
    expect(await plane.see(id)).toMatchObject({ state: 'RUNNING', relayedThrough: next - 1 });
    gate.open();
    await plane.ended(id);
    expect(await plane.story(id)).toEqual(UNDISTURBED);
    void runner;
  });

  it('of an attempt that is over changes nothing', async () => {
    const gate = holdAt('b');
    const runner = await aRunner();
    const { id } = await plane.ask({ serverId });
    await eventually(async () => expect(await plane.story(id)).toContain('b RUNNING'));
    await plane.pushTime(31_000);
    await eventually(async () => expect(await plane.see(id)).toMatchObject({ attempt: 2 }));
    await runner.reports.send(started(id, 1, (await plane.see(id)).relayedThrough + 1));
    tasks.behaviours.delete('b');
    await settle();
    expect((await plane.see(id)).finishedAt).toBeNull();
    gate.open();
    expect(await plane.ended(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
  });

  it('with drift of an operation that is no dry run fails it, and keeps none of it', async () => {
    await aRunner();
    const file = { path: 'vhost.d/a.test.conf', problems: ['CHANGED'], message: 'It was.', diff: null } as const;
    tasks.behaviours.set('b', () => ({ status: 'SUCCESS', drift: { ...NO_DRIFT, files: [file] } }));
    const { id } = await plane.ask({ serverId });
    expect(await plane.ended(id)).toMatchObject({ state: 'FAILED', failure: { code: 'MESSAGE_REFUSED' } });
    expect(await plane.store.driftsOf([id])).toEqual(new Map());
  });

  it.each([
    ['a field that its kind may not write', { label: 'after', name: 'stolen' }],
    ['a value of the wrong shape', { label: 7 }],
  ])('with %s fails the operation and writes nothing', async (_what, fields) => {
    await aRunner();
    const siteId = await plane.aSite();
    const update = { subject: 'site', id: siteId, fields } as const;
    const allowed = { ...update, fields: { label: 'after' } };
    tasks.behaviours.set('b', () => ({ status: 'SUCCESS', fields: [allowed, update] }));
    const { id } = await plane.ask({ serverId, siteId });
    expect(await plane.ended(id)).toMatchObject({ state: 'FAILED', failure: { code: 'MESSAGE_REFUSED' } });
    expect(await plane.labelOf(siteId)).toBe('before');
  });
});

describe('cancelling', () => {
  it('ends at once what is still in line', async () => {
    const siteId = await plane.aSite();
    const first = await plane.ask({ serverId: registered(), siteId });
    const second = await plane.ask({ serverId, siteId });
    const cancelled = await plane.cancel(second.id);
    expect(cancelled).toMatchObject({ state: 'CANCELLED', failure: { code: 'OPERATION_CANCELLED' } });
    await aRunner();
    expect((await plane.ended(first.id)).state).toBe('SUCCEEDED');
  });

  it('reaches what is on its way to the runner', async () => {
    tasks.behaviours.set('a', ({ signal }) => whenCancelled(signal));
    const { id } = await plane.ask({ serverId: registered() });
    await eventually(async () => expect((await plane.see(id)).state).toBe('DISPATCHED'));
    await plane.dispatcher.idle();
    await plane.cancel(id);
    await aRunner();
    const ended = plane.ended(id);
    await plane.pushTime(16_000);
    expect((await ended).state).toBe('CANCELLED');
  });

  it('stops a running task and undoes the ones before', async () => {
    await aRunner();
    tasks.behaviours.set('b', ({ signal }) => whenCancelled(signal));
    const { id } = await plane.ask({ serverId });
    await reaches('b');
    await plane.cancel(id);
    await plane.cancel(id);
    expect(await plane.ended(id)).toMatchObject({ state: 'CANCELLED', failure: { code: 'OPERATION_CANCELLED' } });
    expect(tasks.asked).toEqual(['a', 'b', 'undo a']);
    await expect(plane.cancel(id)).rejects.toMatchObject({ code: 'OPERATION_ALREADY_ENDED' });
  });

  it('of one whose runner was lost undoes what had been done', async () => {
    tasks.behaviours.set('b', () => new Promise(() => undefined));
    const first = await aRunner();
    const { id } = await plane.ask({ serverId });
    await eventually(async () => expect(await plane.story(id)).toContain('b RUNNING'));
    first.kill();
    const { state } = await plane.see(id);
    plane.clock.push(31_000);
    await plane.step(id, state, { state: 'QUEUED', change: { leaseUntil: null } });
    expect((await plane.cancel(id)).state).toBe('QUEUED');
    tasks.behaviours.set('b', ({ signal }) => (signal.aborted ? aFailure() : whenCancelled(signal)));
    await aRunner();
    const ended = plane.ended(id);
    await plane.pushTime(0);
    await eventually(async () => expect((await plane.see(id)).state).not.toBe('QUEUED'));
    await plane.pushTime(16_000);
    expect((await ended).state).toBe('CANCELLED');
    expect(tasks.asked.at(-1)).toBe('undo a');
  });
});

describe('the dispatcher', () => {
  it('tries again later what may succeed later', async () => {
    await aRunner();
    tasks.behaviours.set('b', () => aFailure(later(60_000)));
    const { id } = await plane.ask({ serverId });
    await eventually(async () => expect((await plane.see(id)).notBefore).not.toBeNull());
    expect(await plane.see(id)).toMatchObject({ state: 'QUEUED', attempt: 1, failure: { code: 'DISK_FULL' } });
    await plane.pushTime(30_000);
    await plane.dispatcher.idle();
    expect((await plane.see(id)).state).toBe('QUEUED');
    tasks.behaviours.delete('b');
    await plane.pushTime(31_000);
    expect(await plane.ended(id)).toMatchObject({ state: 'SUCCEEDED', attempt: 2 });
    expect(tasks.asked).toEqual(['a', 'b', 'undo a', 'a', 'b', 'c']);
  });

  it('gives up after four attempts', async () => {
    await aRunner();
    tasks.behaviours.set('a', () => aFailure(later(1_000)));
    const { id } = await plane.ask({ serverId });
    for (let attempt = 1; attempt < 4; attempt += 1) {
      await eventually(async () => expect(await plane.see(id)).toMatchObject({ state: 'QUEUED', attempt }));
      await plane.pushTime(2_000);
    }
    expect(await plane.ended(id)).toMatchObject({ state: 'FAILED', attempt: 4 });
  });

  it('lets sites of a platform go side by side, and the platform wait for them', async () => {
    await aRunner();
    const gate = holdAt('a');
    const platform = newId();
    const onIt = (): Promise<{ readonly id: string }> =>
      plane.ask({ serverId, locks: [exclusive('site', newId()), shared('platform', platform)] });
    const sites = [await onIt(), await onIt()];
    const alone = await plane.ask({ serverId, locks: [exclusive('platform', platform)] });
    const late = await onIt();
    await reaches('a', 2);
    await plane.dispatcher.idle();
    const blockedBy = async (id: string): Promise<string[]> =>
      (await plane.store.blockers(await plane.see(id), 10)).map((one) => one.id);
    expect(await blockedBy(alone.id)).toEqual(sites.map(({ id }) => id));
    expect(await blockedBy(late.id)).toEqual([alone.id]);
    gate.open();
    const ended = await Promise.all([...sites, alone, late].map(({ id }) => plane.ended(id)));
    expect(ended.map(({ state }) => state)).toEqual(Array.from({ length: 4 }, () => 'SUCCEEDED'));
    expect(ended[2]!.startedAt!.getTime()).toBeGreaterThanOrEqual(ended[1]!.finishedAt!.getTime());
    expect(ended[3]!.startedAt!.getTime()).toBeGreaterThanOrEqual(ended[2]!.finishedAt!.getTime());
  });

  it('fails one that nobody can plan, and lets the next in line go', async () => {
    await aRunner();
    const siteId = await plane.aSite();
    const broken = await plane.ask({ serverId, siteId, broken: true });
    const next = await plane.ask({ serverId, siteId });
    expect(await plane.ended(broken.id)).toMatchObject({ state: 'FAILED', failure: { code: 'INTERNAL' } });
    expect((await plane.ended(next.id)).state).toBe('SUCCEEDED');
  });

  it('is not kept from others by one whose server is gone', async () => {
    const lost = await plane.ask({ serverId: newId() });
    const other = await plane.ask({ serverId: registered() });
    await eventually(async () => expect((await plane.see(other.id)).state).toBe('DISPATCHED'));
    await plane.dispatcher.idle();
    await plane.connections.client.flushall();
    await aRunner();
    await plane.pushTime(16_000);
    expect((await plane.ended(other.id)).state).toBe('SUCCEEDED');
    expect((await plane.see(lost.id)).state).toBe('DISPATCHED');
  });
});

describe("a runner's Redis user", () => {
  it('may do nothing but its own work', async () => {
    await aRunner();
    const other = await RunnerIdentity.load(await aDirectory());
    runners.push(await TestRunner.start(plane, other, redis.url, await aDirectory(), tasks));
    await plane.ended((await plane.ask({ serverId })).id);
    const username = runnerUser(serverId);
    const client = connectRedis(redis.url, { username, password: identity.queuePassword.reveal() });
    expect(await client.ping()).toBe('PONG');
    onTestFinished(() => client.disconnect());
    const refused = async (...[command, ...given]: [string, ...string[]]): Promise<unknown> =>
      client.call(command, ...given).then(
        () => `${command} was allowed`,
        (error: Error) => error.message.split(' ')[0],
      );
    const forbidden: [string, ...string[]][] = [
      ['LRANGE', `hler:dispatch.${other.serverId}:wait`, '0', '-1'],
      ['RPOP', `hler:dispatch.${other.serverId}:wait`],
      ['LRANGE', `hler:relay.${other.serverId}:wait`, '0', '-1'],
      ['DEL', `hler:relay.${other.serverId}:1`],
      ['SET', `hler:relay.${other.serverId}:meta-paused`, '1'],
      ['SET', 'hler:relay:meta-paused', '1'],
      ['SUBSCRIBE', `hler:relay.${other.serverId}:delayed`],
      ['SUBSCRIBE', 'hler:operation-news'],
      ['PUBLISH', 'hler:operation-news', '{}'],
      ['GET', 'anything'],
      ['KEYS', '*'],
      ['SCAN', '0'],
      ['FLUSHALL'],
      ['CONFIG', 'GET', '*'],
      ['ACL', 'LIST'],
      ['MONITOR'],
      ['SHUTDOWN'],
      ['CLIENT', 'LIST'],
      ['CLIENT', 'TRACKING', 'on'],
      ['FUNCTION', 'LIST'],
      ['FUNCTION', 'FLUSH'],
      ['SCRIPT', 'FLUSH'],
      ['PUBSUB', 'CHANNELS'],
      ['PSUBSCRIBE', '*'],
      ['MEMORY', 'STATS'],
      ['SELECT', '1'],
      ['SWAPDB', '0', '1'],
      ['RANDOMKEY'],
      ['DBSIZE'],
      ['WAIT', '1', '0'],
    ];
    expect(await Promise.all(forbidden.map((command) => refused(...command)))).toEqual(forbidden.map(() => 'NOPERM'));
    // A script may touch no more than its caller; how Redis words the refusal depends on its version.
    expect(await refused('EVAL', `return redis.call('GET', 'anything')`, '0')).not.toBe('EVAL was allowed');
    const stranger = connectRedis(redis.url, { username, password: 'guessed', retryStrategy: () => null });
    onTestFinished(() => stranger.disconnect());
    await expect(stranger.ping()).rejects.toThrow(/WRONGPASS|closed/);
  });

  it("cannot keep another server's reports from the relay, whatever it does to its own queue", async () => {
    await aRunner();
    const mine = await RunnerIdentity.load(await aDirectory());
    const bad = await TestRunner.start(plane, mine, redis.url, await aDirectory(), tasks);
    runners.push(bad);
    const username = runnerUser(mine.serverId);
    const client = connectRedis(redis.url, { username, password: mine.queuePassword.reveal() });
    onTestFinished(() => client.disconnect());
    await client.set(`hler:relay.${mine.serverId}:meta-paused`, '1');
    await client.del(`hler:relay.${mine.serverId}:wait`);
    await client.set(`hler:relay.${mine.serverId}:wait`, 'no list');
    expect((await plane.ended((await plane.ask({ serverId })).id)).state).toBe('SUCCEEDED');
  });

  it('is heard only in the queue of its own server', async () => {
    await aRunner();
    const other = await RunnerIdentity.load(await aDirectory());
    plane.runners.register(other.serverId, other.publicKeys);
    /** Into the queue of `to`, whoever says it. */
    const beat = async (from: RunnerIdentity, to: string): Promise<void> => {
      const misled = new MemoryMessageQueue();
      const key = await importKey(plane.keys.publicKeys.encryption, ENCRYPTION_ALGORITHM);
      await new ReportSender(misled, from, key).send({ type: 'heartbeat', operations: [] });
      const message = await new Promise<string>((resolve) => {
        misled.consume(relayQueue(from.serverId), 1, async (text) => resolve(text));
      });
      await plane.queue.send(relayQueue(to), newId(), message);
    };
    await beat(other, serverId);
    await beat(identity, serverId);
    await eventually(() => expect(plane.runners.heardOf).toEqual([serverId]));
  });
});

/** The server, registered before its runner has come. */
function registered(): string {
  plane.runners.register(serverId, identity.publicKeys);
  return serverId;
}

async function anOldOrder(id: string) {
  const operation = await plane.see(id);
  return {
    type: 'run' as const,
    operationId: id,
    kind: operation.kind,
    attempt: operation.attempt,
    planId: operation.planId!,
    timeoutMs: 60_000,
    tasks: await plane.store.plannedTasks(id),
    onFailure: [],
    relayedThrough: 0,
  };
}
