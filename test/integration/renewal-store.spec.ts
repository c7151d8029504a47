import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { TypeormRenewalStore } from '../../src/certificates/adapters/typeorm-renewal-store.js';
import { newRenewal } from '../../src/certificates/domain/renewal/certificate-renewal.js';
import { UNPLANNED } from '../../src/certificates/domain/renewal/renewal-state.js';
import { TypeormLeases } from '../../src/database/typeorm-leases.js';
import { newId } from '../../src/shared/ids.js';
import { openDatabase, type TestDatabase } from '../support/a-database.js';
import { eventually } from '../support/eventually.js';
import { startTestMariadb, type TestMariadb } from '../support/private-mariadb.js';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const SECOND = 1_000;
const at = (ms: number) => new Date(NOW.getTime() + ms);

let mariadb: TestMariadb;
let database: TestDatabase;
let store: TypeormRenewalStore;

beforeAll(async () => {
  mariadb = await startTestMariadb();
});
afterAll(() => mariadb?.stop());
beforeEach(async () => {
  database = await openDatabase(await mariadb.createDatabase(), 4);
  store = new TypeormRenewalStore(database.session);
});
afterEach(() => database.dataSource.destroy());

async function insertCertificates(
  rows: readonly { id: string; clientId: string; dueAt: Date | null }[],
): Promise<void> {
  const { dataSource } = database;
  await dataSource.query('SET SESSION foreign_key_checks = 0');
  for (let from = 0; from < rows.length; from += 5_000) {
    const part = rows.slice(from, from + 5_000);
    const values = part
      .map(() => "(?, ?, 's', 'SELF_SIGNED', 'EC_P256', 'ACTIVE', '[]', '[]', '[]', ?, ?, ?)")
      .join(', ');
    const parameters = part.flatMap(({ id, clientId, dueAt }) => [id, clientId, dueAt, NOW, NOW]);
    await dataSource.query(
      `INSERT INTO certificates (id, client_id, server_id, provider, key_type, status, names, requested_names, refused_names, due_at, created_at, updated_at) VALUES ${values}`,
      parameters,
    );
  }
}

describe('the due certificates', () => {
  beforeEach(async () => {
    await database.dataSource.destroy();
    // One connection, on which foreign keys are not checked: clients and servers are of no matter here.
    database = await openDatabase(await mariadb.createDatabase(), 1);
    store = new TypeormRenewalStore(database.session);
  });

  it('are those whose time has come, of each client in turn, and not more of one than is asked for', async () => {
    const [huge, small] = ['a', 'b'].map((letter) => letter.repeat(36)) as [string, string];
    const rows = Array.from({ length: 10 }, (_, n) => ({ id: `h${n}`, clientId: huge, dueAt: at((n - 100) * SECOND) }));
    await insertCertificates([
      ...rows,
      { id: 's0', clientId: small, dueAt: at(-SECOND) },
      { id: 's1', clientId: small, dueAt: NOW },
      { id: 'later', clientId: small, dueAt: at(1) },
      { id: 'never', clientId: small, dueAt: null },
    ]);
    expect((await store.due(NOW, 3, 100)).map(({ id }) => id)).toEqual(['h0', 's0', 'h1', 's1', 'h2']);
    expect((await store.due(NOW, 50, 2)).map(({ id }) => id)).toEqual(['h0', 's0']);
  });

  it('are found among 200,000 within 100 ms, by the index alone', { timeout: 240_000 }, async () => {
    const rows = Array.from({ length: 200_000 }, (_, n) => ({
      id: `c${n}`,
      clientId: `client${n % 500}`,
      dueAt: n < 400 ? at(-n * SECOND) : at(n * SECOND),
    }));
    await insertCertificates(rows);
    await database.dataSource.query('ANALYZE TABLE certificates');
    const plan = await database.dataSource.query<{ table: string; key: string | null; Extra: string }[]>(
      `EXPLAIN SELECT id, client_id, due_at FROM certificates WHERE due_at <= ?`,
      [NOW],
    );
    expect(plan[0]).toMatchObject({ key: 'ix_certificates_due', Extra: expect.stringContaining('Using index') });
    const times: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const start = performance.now();
      expect(await store.due(NOW, 50, 500)).toHaveLength(400);
      times.push(performance.now() - start);
    }
    // The median: what else the machine does is not the query's fault.
    expect(times.sort((a, b) => a - b)[4]).toBeLessThan(100);
  });

  it('are remembered as they were, moments and all', async () => {
    const id = newId();
    await insertCertificates([{ id, clientId: 'x', dueAt: null }]);
    const window = { start: at(1), end: at(2) };
    const renewal = {
      ...newRenewal(id),
      state: { ...UNPLANNED, window, renewAt: at(3), failures: 2, caFailures: { count: 1, firstAt: at(4) } },
      plannedFor: 'f'.repeat(64),
      alarm: { level: 'WARNING', reason: 'NOT_RENEWED', message: 'x', since: at(5) },
      lastAttemptAt: at(6),
    } as const;
    await store.save(renewal, at(7));
    expect(await store.find(id)).toEqual(renewal);
    expect(await store.dueAt([id])).toEqual(new Map([[id, at(7)]]));
    await store.noteServed(id, 'a.test shows another.', at(8));
    expect(await store.find(id)).toEqual({
      ...renewal,
      servedProblem: 'a.test shows another.',
      servedCheckedAt: at(8),
    });
    expect(await store.dueAt([id])).toEqual(new Map([[id, at(8)]]));
  });

  it('keep what the scheduler and a handshake write, whichever of them has read before the other wrote', async () => {
    const [one, other] = [newId(), newId()];
    await insertCertificates([one, other].map((id) => ({ id, clientId: 'x', dueAt: null })));
    class Stale extends TypeormRenewalStore {
      override async find(id: string) {
        return newRenewal(id);
      }
    }
    const planned = { state: { ...UNPLANNED, renewAt: at(3) }, operationId: newId(), lastOperationId: newId() };
    const served = { servedProblem: 'a.test shows another.', servedCheckedAt: at(8) };
    await store.save({ ...newRenewal(one), ...planned }, null);
    await new Stale(database.session).noteServed(one, served.servedProblem, served.servedCheckedAt);
    expect(await store.find(one)).toEqual({ ...newRenewal(one), ...planned, ...served });
    await store.noteServed(other, served.servedProblem, served.servedCheckedAt);
    await store.save({ ...newRenewal(other), ...planned }, null);
    expect(await store.find(other)).toEqual({ ...newRenewal(other), ...planned, ...served });
  });
});

describe('a lease', () => {
  const until = (ms: number) => at(ms);

  it('is held by one of many who want it at once', async () => {
    const leases = new TypeormLeases(database.session, database.unitOfWork);
    const tokens = await Promise.all(
      Array.from({ length: 10 }, (_, n) => leases.acquire('x', `holder-${n}`, NOW, until(60 * SECOND))),
    );
    expect(tokens.filter((token) => token !== null)).toEqual([1]);
  });

  it('is renewed by its holder with the same token, and taken over with a higher one when it has run out', async () => {
    const leases = new TypeormLeases(database.session, database.unitOfWork);
    expect(await leases.acquire('x', 'a', NOW, until(60 * SECOND))).toBe(1);
    expect(await leases.acquire('x', 'a', at(50 * SECOND), until(110 * SECOND))).toBe(1);
    expect(await leases.acquire('x', 'b', at(109 * SECOND), until(200 * SECOND))).toBeNull();
    expect(await leases.acquire('x', 'b', at(110 * SECOND), until(200 * SECOND))).toBe(2);
    expect(await leases.acquire('x', 'a', at(111 * SECOND), until(300 * SECOND))).toBeNull();
    expect(await database.unitOfWork.run(() => leases.isHeld('x', 1))).toBe(false);
    expect(await database.unitOfWork.run(() => leases.isHeld('x', 2))).toBe(true);
  });

  it('is not taken over while its holder writes', async () => {
    const leases = new TypeormLeases(database.session, database.unitOfWork);
    await leases.acquire('x', 'a', NOW, until(SECOND));
    const order: string[] = [];
    let taken: Promise<unknown> = Promise.resolve();
    const takeOver = async (): Promise<void> => {
      await outside(() => leases.acquire('x', 'b', at(2 * SECOND), until(9 * SECOND)));
      order.push('taken over');
    };
    await database.unitOfWork.run(async () => {
      expect(await leases.isHeld('x', 1)).toBe(true);
      taken = takeOver();
      await eventually(async () => expect(await waitingForLocks()).toBe(1));
      order.push('written');
    });
    await taken;
    expect(order).toEqual(['written', 'taken over']);
  });
});

/** How many transactions wait for a row that another one has locked. */
async function waitingForLocks(): Promise<number> {
  // The tables of transactions would do as well, but are as they were while they are read more than ten times a second.
  const [row] = (await mariadb.asRoot("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")) as readonly {
    readonly Value: string;
  }[];
  return Number(row?.Value);
}

/** Not in the transaction that is open around the caller. */
async function outside<T>(work: () => Promise<T>): Promise<T> {
  const { transactionContext } = await import('../../src/database/transaction-context.js');
  return transactionContext.exit(work);
}
