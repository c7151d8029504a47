import { appendFile, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aDirectory, anOrder } from '../../test/support/an-order.js';
import type { RunOrder } from '../operations/domain/order.js';
import { OperationJournal } from './journal.js';

const RECORD = { status: 'SUCCESS', output: { spki: 'ab' }, undo: { was: 1 } } as const;
const HOUR = 3_600_000;

async function written(directory: string, order: RunOrder): Promise<void> {
  const journal = await OperationJournal.create(directory, order);
  await journal.append({ type: 'started' }, false);
  await journal.append({ type: 'task-started', position: 0 }, false);
  await journal.append({ type: 'task-finished', position: 0, status: 'SUCCESS', fields: [], warnings: [] }, true, {
    record: RECORD,
  });
  await journal.close();
}

async function reread(directory: string, order: RunOrder): Promise<OperationJournal> {
  const journal = await OperationJournal.read(directory, order.operationId);
  expect(journal).not.toBeNull();
  return journal!;
}

const kinds = (journal: OperationJournal): string[] => journal.events.map(({ n, type }) => `${n} ${type}`);

describe('OperationJournal', () => {
  it('gives back what was written, to whoever reads it next', async () => {
    const directory = await aDirectory();
    const order = anOrder();
    await written(directory, order);
    const journal = await reread(directory, order);
    expect(journal.order).toEqual(order);
    expect(kinds(journal)).toEqual(['1 started', '2 task-started', '3 task-finished']);
    expect(journal.records).toEqual(new Map([[0, RECORD]]));
    expect({ settled: journal.settled, reported: journal.reported, ending: journal.ending }).toEqual({
      settled: false,
      reported: false,
      ending: null,
    });
    await journal.close();
  });

  it('is for its owner only', async () => {
    const directory = join(await aDirectory(), 'journal');
    const order = anOrder();
    await written(directory, order);
    const modes = [directory, join(directory, `${order.operationId}.jsonl`)].map(
      async (path) => (await stat(path)).mode & 0o777,
    );
    expect(await Promise.all(modes)).toEqual([0o700, 0o600]);
  });

  it('keeps a finished task and its record in one line, so that no crash parts them', async () => {
    const directory = await aDirectory();
    const order = anOrder();
    await written(directory, order);
    const text = await readFile(join(directory, `${order.operationId}.jsonl`), 'utf8');
    const [last] = text.trimEnd().split('\n').slice(-1);
    expect(JSON.parse(last!)).toMatchObject({ k: 'event', event: { type: 'task-finished' }, record: RECORD });
  });

  it('ignores a torn last line, wherever it is torn, and goes on after it', async () => {
    const whole = await aDirectory();
    const order = anOrder();
    await written(whole, order);
    const text = (await readFile(join(whole, `${order.operationId}.jsonl`), 'utf8')).trimEnd();
    const lastLine = text.lastIndexOf('\n') + 1;
    for (let cut = lastLine; cut < text.length; cut += 7) {
      const directory = await aDirectory();
      await writeFile(join(directory, `${order.operationId}.jsonl`), text.slice(0, cut));
      const journal = await reread(directory, order);
      expect(kinds(journal)).toEqual(['1 started', '2 task-started']);
      await journal.append({ type: 'task-started', position: 1 }, true);
      await journal.close();
      const next = await reread(directory, order);
      expect(kinds(next)).toEqual(['1 started', '2 task-started', '3 task-started']);
      await next.close();
    }
  });

  it('is none when its order was never whole', async () => {
    const directory = await aDirectory();
    const order = anOrder();
    expect(await OperationJournal.read(directory, order.operationId)).toBeNull();
    await writeFile(join(directory, `${order.operationId}.jsonl`), '{"k":"order","ord');
    expect(await OperationJournal.read(directory, order.operationId)).toBeNull();
  });

  it('numbers in the order of the file, however many write at once', async () => {
    const directory = await aDirectory();
    const order = anOrder({ relayedThrough: 7 });
    const journal = await OperationJournal.create(directory, order);
    const line = (message: string) => ({ type: 'log', task: null, level: 'INFO', message }) as const;
    await Promise.all(Array.from({ length: 50 }, (_, index) => journal.append(line(`${index}`), index % 9 === 0)));
    await journal.close();
    const next = await reread(directory, order);
    expect(next.events.map((event) => [event.n, event.type === 'log' && event.message])).toEqual(
      Array.from({ length: 50 }, (_, index) => [index + 8, `${index}`]),
    );
    await next.close();
  });

  it('keeps nothing that it could not write', async () => {
    const directory = await aDirectory();
    const journal = await OperationJournal.create(directory, anOrder());
    await journal.append({ type: 'started' }, false);
    await journal.close();
    await expect(journal.append({ type: 'task-started', position: 0 }, true)).rejects.toThrow('file closed');
    expect(kinds(journal)).toEqual(['1 started']);
  });

  it('reports under the newest attempt, from where the control plane stands', async () => {
    const directory = await aDirectory();
    const order = anOrder();
    await written(directory, order);
    const journal = await reread(directory, order);
    await journal.allReported();
    await journal.adopt(3, 2);
    await journal.close();
    const next = await reread(directory, order);
    expect([next.attempt, next.relayedThrough, next.lastEvent, next.reported]).toEqual([3, 2, 3, false]);
    await next.close();
  });

  it('never gives out a number that the control plane has already', async () => {
    const directory = await aDirectory();
    const journal = await OperationJournal.create(directory, anOrder());
    await journal.adopt(2, 12);
    await journal.append({ type: 'started' }, false);
    expect(kinds(journal)).toEqual(['13 started']);
    await journal.close();
  });

  it('remembers why it is being undone and what has been undone', async () => {
    const directory = await aDirectory();
    const order = anOrder();
    const journal = await OperationJournal.create(directory, order);
    await journal.end({ state: 'CANCELLED', failure: null });
    await journal.append({ type: 'task-undone', position: 0, undone: true, fields: [] }, true);
    await journal.append({ type: 'finished', state: 'CANCELLED', failure: null, fields: [] }, true);
    await journal.allReported();
    await journal.close();
    const next = await reread(directory, order);
    expect([next.ending, [...next.undone], next.settled, next.reported]).toEqual([
      { state: 'CANCELLED', failure: null },
      [0],
      true,
      true,
    ]);
    await next.close();
  });

  it('begins anew for a new plan', async () => {
    const directory = await aDirectory();
    const order = anOrder();
    await written(directory, order);
    const again = anOrder({ operationId: order.operationId, attempt: 2, relayedThrough: 3 });
    await (await OperationJournal.create(directory, again)).close();
    const journal = await reread(directory, order);
    expect([journal.order.planId, journal.events, journal.lastEvent]).toEqual([again.planId, [], 3]);
    await journal.close();
  });

  it('is swept when it is old and settled, and never while it holds work', async () => {
    const directory = await aDirectory();
    const [unsettled, settled, kept, young] = [anOrder(), anOrder(), anOrder(), anOrder()];
    for (const order of [unsettled, settled, kept, young]) {
      await written(directory, order);
    }
    for (const order of [settled, kept, young]) {
      const journal = await reread(directory, order);
      await journal.append({ type: 'finished', state: 'SUCCEEDED', failure: null, fields: [] }, true);
      await journal.close();
    }
    const broken = 'not-begun-whole';
    await appendFile(join(directory, `${broken}.jsonl`), '{"k":');
    const old = new Date(Date.now() - 3 * HOUR);
    for (const id of [unsettled, settled, kept].map(({ operationId }) => operationId).concat(broken)) {
      await utimes(join(directory, `${id}.jsonl`), old, old);
    }
    await OperationJournal.sweep(directory, HOUR, new Set([kept.operationId]));
    expect([...(await OperationJournal.list(directory))].sort()).toEqual(
      [unsettled, kept, young].map(({ operationId }) => operationId).sort(),
    );
  });

  it('lists nothing where nothing was ever kept', async () => {
    expect(await OperationJournal.list(join(await aDirectory(), 'missing'))).toEqual([]);
  });
});
