import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { conflict, exclusive, shared, type Lock } from '../../src/operations/domain/lock.js';
import type { Operation } from '../../src/operations/domain/operation.js';
import { newId } from '../../src/shared/ids.js';
import { NEWEST } from '../../src/shared/page.js';
import { RunnerIdentity } from '../../src/runner/identity.js';
import { aDirectory } from '../support/an-order.js';
import { TestControlPlane } from '../support/control-plane.js';
import { startTestMariadb, type TestMariadb } from '../support/private-mariadb.js';
import { startTestRedis, type TestRedis } from '../support/private-redis.js';

let mariadb: TestMariadb;
let redis: TestRedis;
let plane: TestControlPlane;
let serverId: string;

beforeAll(async () => {
  [mariadb, redis] = await Promise.all([startTestMariadb(), startTestRedis()]);
});
afterAll(async () => {
  await Promise.all([mariadb?.stop(), redis?.stop()]);
});
beforeEach(async () => {
  const directory = await aDirectory();
  plane = await TestControlPlane.start(await mariadb.createDatabase(), redis.url, join(directory, 'plane'));
  const identity = await RunnerIdentity.load(directory);
  serverId = identity.serverId;
  plane.runners.register(serverId, identity.publicKeys);
});
afterEach(() => plane.stop());

const HOUR = 3_600_000;

/** Requested, and left in line: as if the process had died before it could dispatch. */
async function inLine(...locks: readonly Lock[]): Promise<Operation> {
  const id = newId();
  const operation = await plane.database.unitOfWork.run(() =>
    plane.store.insert({
      id,
      kind: 'site.verify',
      subjectType: 'site',
      subjectId: newId(),
      subjectLabel: 'x',
      clientId: null,
      serverId,
      state: 'QUEUED',
      attempt: 0,
      planId: null,
      input: { tasks: [] },
      sealed: null,
      locks,
      writes: [],
      onFailure: [],
      failure: null,
      warnings: [],
      cancelRequestedAt: null,
      retryOf: null,
      requestedBy: 'test',
      createdAt: plane.clock.now(),
      notBefore: null,
      dispatchedAt: null,
      startedAt: null,
      finishedAt: null,
      leaseUntil: null,
      relayedThrough: 0,
    }),
  );
  return operation;
}

const due = (limit = 100): Promise<readonly string[]> => plane.store.due(plane.clock.now(), limit);
const LINE = { type: 'LOG', at: new Date(), status: 'INFO', task: null, message: 'x' } as const;
const ids = (operations: readonly Operation[]): string[] => operations.map(({ id }) => id);

async function end(id: string): Promise<void> {
  await plane.step(id, (await plane.see(id)).state, { state: 'CANCELLED' });
}

describe('TypeormOperationStore', () => {
  it('lets one of many win a change of state, and knows no change that the table does not have', async () => {
    const { id } = await inLine();
    const tries = Array.from({ length: 16 }, () => plane.step(id, 'QUEUED', { state: 'DISPATCHED' }));
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
    await end(id);
    await expect(plane.step(id, 'CANCELLED', { state: 'QUEUED' })).rejects.toThrow('cannot become QUEUED');
  });

  it('finds the operations of a kind about a subject, the newest first if wanted', async () => {
    const { id, subjectId } = await inLine();
    await inLine();
    const find = (kind: string) => plane.store.list({ kind, subjectType: 'site', subjectId }, NEWEST);
    expect(ids(await find('site.verify'))).toEqual([id]);
    expect(await find('site.enable')).toEqual([]);
  });

  it('writes nothing when one of many has moved on since it was read', async () => {
    const [moved, still] = [await inLine(), await inLine()];
    await plane.step(moved.id, 'QUEUED', { history: [{ ...LINE, message: 'first' }] });
    const late = [moved, still].map((operation) => ({
      operation,
      state: 'DISPATCHED' as const,
      change: { attempt: 7 },
      tasks: new Map(),
      history: [{ ...LINE, message: 'late' }],
    }));
    const advance = plane.database.unitOfWork.run(() => plane.store.advance(late));
    await expect(advance).rejects.toThrow('1 of 2 operations have moved on');
    for (const { id } of [moved, still]) {
      expect(await plane.see(id)).toMatchObject({ state: 'QUEUED', attempt: 0 });
      expect((await plane.store.events(id, 0, 10)).map(({ message }) => message)).not.toContain('late');
    }
  });

  it('gives each of many operations and tasks its own values, and leaves what is not mentioned', async () => {
    const [one, two] = [await inLine(), await inLine()];
    const planned = ['a', 'b'].map((name) => ({ name, input: {} }));
    const at = new Date('2026-01-02T03:04:05.678Z');
    await plane.database.unitOfWork.run(async () => {
      const operations = await plane.store.lockMany([two.id, one.id]);
      expect(ids(operations)).toEqual(ids([one, two]).sort());
      for (const operation of operations) {
        await plane.store.replaceTasks(operation, planned);
      }
      await plane.store.advance([
        {
          operation: operations.find(({ id }) => id === one.id)!,
          state: 'DISPATCHED',
          change: { planId: two.id, writes: [{ type: 'site', id: one.id }], dispatchedAt: at },
          tasks: new Map([[1, { state: 'RUNNING', startedAt: at }]]),
          history: [LINE],
        },
        {
          operation: operations.find(({ id }) => id === two.id)!,
          state: 'QUEUED',
          change: { notBefore: at },
          tasks: new Map([[0, { state: 'SKIPPED' }]]),
          history: [],
        },
      ]);
    });
    const unchanged = { writes: [], onFailure: [], failure: null, warnings: [], attempt: 0, startedAt: null };
    expect(await plane.see(one.id)).toMatchObject({
      ...unchanged,
      state: 'DISPATCHED',
      planId: two.id,
      notBefore: null,
      dispatchedAt: at,
      lastEvent: 2,
      writes: [{ type: 'site', id: one.id }],
    });
    expect(await plane.see(two.id)).toMatchObject({
      ...unchanged,
      state: 'QUEUED',
      planId: null,
      notBefore: at,
      dispatchedAt: null,
      lastEvent: 1,
    });
    const states = await plane.store.tasks([one.id, two.id]);
    expect(states.map(({ operationId, name, state, startedAt }) => [operationId, name, state, startedAt])).toEqual(
      [
        [one.id, 'a', 'PENDING', null],
        [one.id, 'b', 'RUNNING', at],
        [two.id, 'a', 'SKIPPED', null],
        [two.id, 'b', 'PENDING', null],
      ].sort(([a], [b]) => (a! < b! ? -1 : a! > b! ? 1 : 0)),
    );
  });

  it('numbers the history without gaps, however many append to it', async () => {
    const { id } = await inLine();
    const append = (message: string): Promise<unknown> =>
      plane.step(id, 'QUEUED', {
        history: [
          { ...LINE, message },
          { ...LINE, message },
        ],
      });
    await Promise.all(Array.from({ length: 40 }, (_, index) => append(`${index}`)));
    const events = await plane.store.events(id, 0, 1000);
    expect(events.map(({ position }) => position)).toEqual(Array.from({ length: 81 }, (_, index) => index + 1));
    expect(events.slice(1).every(({ message }, index) => message === events[1 + (index ^ 1)]!.message)).toBe(true);
    expect((await plane.see(id)).lastEvent).toBe(81);
    expect((await plane.store.events(id, 79, 1)).map(({ position }) => position)).toEqual([80]);
  });

  it('reads the log lines of many operations, up to the limit for each', async () => {
    const [some, none, many] = [await inLine(), await inLine(), await inLine()];
    const at = plane.clock.now();
    const log = (message: string) => ({ type: 'LOG', at, status: 'INFO', task: null, message }) as const;
    await plane.step(some.id, 'QUEUED', { history: [log('a')] });
    await plane.step(many.id, 'QUEUED', { history: [log('a'), log('b'), log('c')] });
    const lines = await plane.store.logLines(ids([some, none, many]), 1, 2);
    expect(lines).toEqual(
      new Map([
        [some.id, [{ ...log('a'), operationId: some.id, position: 2 }]],
        [many.id, ['a', 'b'].map((text, index) => ({ ...log(text), operationId: many.id, position: 2 + index }))],
      ]),
    );
    expect((await plane.store.logLines([many.id], 3, 100)).get(many.id)).toMatchObject([{ message: 'c' }]);
  });

  it('never lets two dispatchers pass two operations that conflict, and passes everybody in the end', async () => {
    const subjects = ['a', 'b', 'c', 'd'].map((name) => `${name}${newId().slice(1)}`);
    const open = await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const [mine, other] = [subjects[index % 4]!, subjects[(index * 7 + 1) % 4]!];
        const locks = index % 3 === 0 ? [exclusive('site', mine)] : [shared('site', mine)];
        return inLine(...locks, ...(mine === other ? [] : [shared('site', other)]));
      }),
    );
    const left = new Map(open.map((operation) => [operation.id, operation]));
    for (let round = 0; left.size > 0 && round < 60; round += 1) {
      // As many processes would: everybody tries everything at once.
      const tries = [...left.keys(), ...left.keys()].map((id) => plane.dispatcher.dispatch(id).catch(() => false));
      await Promise.all(tries);
      const holding = (await plane.store.findMany([...left.keys()])).filter(({ state }) => state === 'DISPATCHED');
      const both = holding.filter((a) => holding.some((b) => b.id !== a.id && conflict(a.locks, b.locks)));
      expect(both).toEqual([]);
      expect(holding.length).toBeGreaterThan(0);
      expect(holding.map(({ attempt }) => attempt)).toEqual(holding.map(() => 1));
      for (const { id } of holding) {
        await end(id);
        left.delete(id);
      }
    }
    expect(left.size).toBe(0);
  });

  it('says who is in the way, in the order of the line, and who waited for one that ended', async () => {
    const [site, platform] = [newId(), newId()];
    const first = await inLine(exclusive('site', site), shared('platform', platform));
    const second = await inLine(exclusive('platform', platform));
    const third = await inLine(exclusive('site', site), shared('platform', platform));
    const apart = await inLine(exclusive('site', newId()));
    expect(ids(await plane.store.blockers(third, 10))).toEqual(ids([first, second]));
    expect(ids(await plane.store.blockers(third, 1))).toEqual([first.id]);
    expect(await Promise.all([first, second, third, apart].map((one) => plane.store.countBlockers(one)))).toEqual([
      0, 1, 2, 0,
    ]);
    const all = ids([first, second, third, apart]);
    expect(await plane.store.countBlockersOf(all)).toEqual(
      new Map([
        [second.id, 1],
        [third.id, 2],
      ]),
    );
    const blockers = await plane.store.blockersOf(all, 1);
    expect(new Map([...blockers].map(([id, line]) => [id, ids(line)]))).toEqual(
      new Map([
        [second.id, [first.id]],
        [third.id, [first.id]],
      ]),
    );
    expect(await due()).toEqual([first.id, apart.id]);
    await end(first.id);
    expect(await plane.store.waitingFor(first, 10)).toEqual([second.id, third.id]);
    expect(await due()).toEqual([second.id, apart.id]);
  });

  it('finds what is due behind any number that have to wait', async () => {
    const site = newId();
    const head = await inLine(exclusive('site', site));
    for (let waiting = 0; waiting < 8; waiting += 1) {
      await inLine(exclusive('site', site));
    }
    const other = await inLine(exclusive('site', newId()));
    expect(await due(2)).toEqual([head.id, other.id]);
  });

  it('holds back what is not due yet', async () => {
    const { id } = await inLine();
    await plane.store.update(id, { notBefore: new Date(plane.clock.now().getTime() + HOUR) });
    expect(await due()).toEqual([]);
    plane.clock.push(HOUR + 1_000);
    expect(await due()).toEqual([id]);
  });

  it('extends leases of the attempts that this server works on, and finds those that ran out', async () => {
    const [one, two, stale, foreign, waiting] = await Promise.all(Array.from({ length: 5 }, () => inLine()));
    for (const { id } of [one!, two!, stale!, foreign!]) {
      await plane.step(id, 'QUEUED', { state: 'DISPATCHED', change: { attempt: 2, dispatchedAt: plane.clock.now() } });
    }
    const until = new Date(plane.clock.now().getTime() + HOUR);
    const worked = [one!, two!, waiting!].map(({ id }) => ({ id, attempt: 2 }));
    await plane.store.extendLeases(serverId, [...worked, { id: stale!.id, attempt: 1 }], until);
    await plane.store.extendLeases(newId(), [{ id: foreign!.id, attempt: 2 }], until);
    await plane.store.extendLeases(serverId, [], until);
    const later = new Date(until.getTime() + 1);
    expect([...(await plane.store.leaseExpired(later, 10))].sort()).toEqual(ids([one!, two!]).sort());
    expect(await plane.store.leaseExpired(plane.clock.now(), 10)).toEqual([]);
    expect(ids(await plane.store.unheard(later, 10)).sort()).toEqual(ids([stale!, foreign!]).sort());
  });

  it('knows the newest of each subject, and copes with nothing at all', async () => {
    const [one, other] = [await inLine(), await inLine()];
    expect(await plane.store.newestOf('site', [one.subjectId, other.subjectId, newId()])).toEqual(
      new Map([one, other].map(({ subjectId, id }) => [subjectId, expect.objectContaining({ id })])),
    );
    expect(await plane.store.newestOf('site', [])).toEqual(new Map());
    expect(await plane.store.findMany([])).toEqual([]);
    expect(await plane.store.tasks([])).toEqual([]);
    expect(await plane.store.waitingFor(one, 10)).toEqual([]);
    await plane.store.replaceTasks(one, []);
    expect(await plane.store.plannedTasks(one.id)).toEqual([]);
  });
});
