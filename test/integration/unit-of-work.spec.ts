import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { TypeormClientStore } from '../../src/clients/adapters/typeorm-client-store.js';
import type { Client } from '../../src/clients/domain/client.js';
import { newId } from '../../src/shared/ids.js';
import { openDatabase, type TestDatabase } from '../support/a-database.js';
import { eventually } from '../support/eventually.js';
import { aGate } from '../support/gate.js';
import { startTestMariadb, type TestMariadb } from '../support/private-mariadb.js';

let mariadb: TestMariadb;
let database: TestDatabase;
let clients: TypeormClientStore;

beforeAll(async () => {
  mariadb = await startTestMariadb();
});
afterAll(() => mariadb?.stop());
beforeEach(async () => {
  database = await openDatabase(await mariadb.createDatabase(), 6);
  clients = new TypeormClientStore(database.session);
});
afterEach(() => database.dataSource.destroy());

const aClient = (name: string): Client => ({ id: newId(), name, label: name, createdAt: new Date() });
const names = async (): Promise<string[]> =>
  (await clients.list({}, { take: 100, size: 100, after: null, before: null, direction: 'FORWARD' })).map(
    ({ name }) => name,
  );

describe('TypeormUnitOfWork', () => {
  it('commits what all stores did, nested ones included, or none of it', async () => {
    const { unitOfWork } = database;
    await unitOfWork.run(async () => {
      await clients.insert(aClient('one'));
      await unitOfWork.run(() => clients.insert(aClient('two')));
      expect(await names()).toEqual(['one', 'two']);
    });
    const failing = unitOfWork.run(async () => {
      await unitOfWork.run(() => clients.insert(aClient('three')));
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await names()).toEqual(['one', 'two']);
  });

  it('lets nobody see what is not committed', async () => {
    const [inside, go] = [aGate(), aGate()];
    const work = database.unitOfWork.run(async () => {
      await clients.insert(aClient('one'));
      inside.open();
      await go.passed;
    });
    await inside.passed;
    expect(await names()).toEqual([]);
    go.open();
    await work;
    expect(await names()).toEqual(['one']);
  });

  it('runs effects after the outermost commit, outside of it, and never after a rollback', async () => {
    const { unitOfWork } = database;
    const seen: string[][] = [];
    const look = async (): Promise<void> => void seen.push(await names());
    await unitOfWork.run(async () => {
      await unitOfWork.run(async () => {
        await clients.insert(aClient('one'));
        unitOfWork.afterCommit(look);
      });
      await clients.insert(aClient('two'));
      expect(seen).toEqual([]);
    });
    await eventually(() => expect(seen).toEqual([['one', 'two']]));
    const effect = vi.fn<() => void>();
    const failing = unitOfWork.run(async () => {
      unitOfWork.afterCommit(effect);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(effect).not.toHaveBeenCalled();
    expect(() => unitOfWork.afterCommit(effect)).toThrow('afterCommit() needs a unit of work around it.');
  });

  it('takes no harm from an effect that fails', async () => {
    const { unitOfWork } = database;
    const after = vi.fn<() => void>();
    await unitOfWork.run(async () => {
      unitOfWork.afterCommit(() => Promise.reject(new Error('no Redis')));
      unitOfWork.afterCommit(after);
    });
    expect(after).toHaveBeenCalledTimes(1);
  });

  it('runs the whole work again after a deadlock, with the effects of the last run only', async () => {
    const { unitOfWork, session } = database;
    const [a, b] = [aClient('a'), aClient('b')];
    await clients.insert(a);
    await clients.insert(b);
    let tries = 0;
    const effect = vi.fn<() => void>();
    const bothHoldOne = [aGate(), aGate()];
    const change = (mine: number, first: Client, second: Client): Promise<void> =>
      unitOfWork.run(async () => {
        tries += 1;
        unitOfWork.afterCommit(effect);
        await session.manager.query('UPDATE clients SET label = CONCAT(label, ?) WHERE id = ?', [first.name, first.id]);
        bothHoldOne[mine]!.open();
        await Promise.all(bothHoldOne.map(({ passed }) => passed));
        await session.manager.query('UPDATE clients SET label = CONCAT(label, ?) WHERE id = ?', [
          first.name,
          second.id,
        ]);
      });
    await Promise.all([change(0, a, b), change(1, b, a)]);
    expect([tries, effect.mock.calls.length]).toEqual([3, 2]);
    const labels = (await Promise.all([a, b].map(({ id }) => clients.find(id)))).map((one) => one!.label);
    expect(labels.map((label) => label.slice(1).split('').sort().join(''))).toEqual(['ab', 'ab']);
  });

  it('lets one of two inserts of the same name win, by the unique index, and says NAME_TAKEN to the other', async () => {
    const tries = Array.from({ length: 12 }, () => database.unitOfWork.run(() => clients.insert(aClient('acme'))));
    const outcomes = await Promise.allSettled(tries);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = outcomes.flatMap((one) =>
      one.status === 'rejected' ? [(one.reason as { readonly code: string }).code] : [],
    );
    expect(new Set(codes)).toEqual(new Set(['NAME_TAKEN']));
    expect(await names()).toEqual(['acme']);
  });

  it('says DATABASE_UNAVAILABLE when the database is gone, in the middle or before, and works when it is back', async () => {
    const { unitOfWork, session } = database;
    const gone = { code: 'DATABASE_UNAVAILABLE', retry: { policy: 'LATER' } };
    const { pid } = mariadb;
    await expect(
      unitOfWork.run(async () => {
        await session.manager.query('SELECT 1');
        process.kill(pid!, 'SIGKILL');
        await session.manager.query('SELECT SLEEP(10)');
      }),
    ).rejects.toMatchObject(gone);
    const others: unknown[] = [];
    await eventually(async () => {
      try {
        await unitOfWork.run(() => session.manager.query('SELECT 1'));
      } catch (error) {
        if ((error as { readonly code?: unknown }).code !== gone.code) {
          others.push(error);
        }
        throw error;
      }
    }, 60_000);
    expect(others).toEqual([]);
  });
});
