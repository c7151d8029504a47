import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { aDirectory, anOrder } from '../../test/support/an-order.js';
import { aGate } from '../../test/support/gate.js';
import type { ProgressReport } from '../operations/domain/order.js';
import { newId } from '../shared/ids.js';
import { OperationJournal } from './journal.js';
import { ProgressReporter } from './progress-reporter.js';

const LINE = { type: 'log', task: null, level: 'INFO', message: 'x' } as const;

async function aJournal(lines: number): Promise<OperationJournal> {
  const journal = await OperationJournal.create(await aDirectory(), anOrder({ operationId: newId() }));
  onTestFinished(() => journal.close().catch(() => undefined));
  await append(journal, lines);
  return journal;
}

async function append(journal: OperationJournal, lines: number): Promise<void> {
  for (let line = 0; line < lines; line += 1) {
    await journal.append(LINE, false);
  }
}

function aReporter(send: (report: ProgressReport) => Promise<void>): ProgressReporter {
  const reporter = new ProgressReporter(send);
  onTestFinished(() => reporter.stop());
  return reporter;
}

/** Of each operation in the report the attempt and the numbers of the events. */
const said = ({ operations }: ProgressReport): [number, number[]][] =>
  operations.map(({ attempt, events }) => [attempt, events.map(({ n }) => n)]);
const oneTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

describe('ProgressReporter', () => {
  it('sends everything in order, in portions', async () => {
    const sent: number[][] = [];
    const reporter = aReporter(async (report) => void sent.push(said(report)[0]![1]));
    const operation = reporter.follow(await aJournal(450));
    await operation.drained();
    expect(sent.map((portion) => portion.length)).toEqual([200, 200, 50]);
    expect(sent.flat()).toEqual(oneTo(450));
    expect(operation.isDone).toBe(true);
  });

  it('puts the news of all operations into one report, whoever it was that had to be heard', async () => {
    const sent: [number, number[]][][] = [];
    const reporter = aReporter(async (report) => void sent.push(said(report)));
    const [patient, urgent] = [reporter.follow(await aJournal(2)), reporter.follow(await aJournal(3))];
    patient.notify(60_000);
    urgent.notify(1);
    await vi.waitFor(() => expect([patient.isDone, urgent.isDone]).toEqual([true, true]));
    expect(sent).toEqual([
      [
        [1, [1, 2]],
        [1, [1, 2, 3]],
      ],
    ]);
  });

  it('lets a chatty operation not keep the others from being heard', async () => {
    const sent: string[][] = [];
    const reporter = aReporter(
      async ({ operations }) => void sent.push(operations.map(({ operationId }) => operationId)),
    );
    const [chatty, quiet] = [await aJournal(500), await aJournal(1)];
    const [first, second] = [reporter.follow(chatty), reporter.follow(quiet)];
    await Promise.all([first.drained(), second.drained()]);
    expect(sent.slice(0, 2).flat()).toContain(quiet.order.operationId);
  });

  it('gathers what comes while a report is on its way', async () => {
    const journal = await aJournal(1);
    const gate = aGate();
    const sent: [number, number[]][] = [];
    const reporter = aReporter(async (report) => {
      sent.push(...said(report));
      await gate.passed;
    });
    const operation = reporter.follow(journal);
    operation.notify(0);
    await vi.waitFor(() => expect(sent).toEqual([[1, [1]]]));
    await append(journal, 3);
    operation.notify(0);
    gate.open();
    await vi.waitFor(() =>
      expect(sent).toEqual([
        [1, [1]],
        [1, [2, 3, 4]],
      ]),
    );
  });

  it('sends the same again until the queue takes it', async () => {
    let failures = 2;
    const sent: [number, number[]][] = [];
    const reporter = aReporter(async (report) => {
      failures -= 1;
      if (failures >= 0) {
        throw new Error('no Redis');
      }
      sent.push(...said(report));
    });
    await reporter.follow(await aJournal(2)).drained();
    expect(sent).toEqual([[1, [1, 2]]]);
  });

  it('reports the others when the journal of one cannot be written', async () => {
    const [spoilt, good] = [await aJournal(1), await aJournal(1)];
    vi.spyOn(spoilt, 'sync').mockRejectedValue(new Error('no space left'));
    const sent: string[] = [];
    const reporter = aReporter(async ({ operations }) => void sent.push(...operations.map((one) => one.operationId)));
    const bad = reporter.follow(spoilt);
    bad.notify(0);
    await reporter.follow(good).drained();
    expect(sent).toEqual([good.order.operationId]);
    expect(bad.isDone).toBe(false);
  });

  it('goes back to where the control plane stands, under the new attempt', async () => {
    const journal = await aJournal(3);
    const sent: [number, number[]][] = [];
    const operation = aReporter(async (report) => void sent.push(...said(report))).follow(journal);
    await operation.drained();
    await journal.adopt(2, 1);
    expect(operation.rewind()).toBe(true);
    await operation.drained();
    expect(sent).toEqual([
      [1, [1, 2, 3]],
      [2, [2, 3]],
    ]);
  });

  it('sends again what was on its way when it was told to go back to the very same place', async () => {
    const journal = await aJournal(2);
    const gate = aGate();
    const sent: [number, number[]][] = [];
    const operation = aReporter(async (report) => {
      sent.push(...said(report));
      await gate.passed;
    }).follow(journal);
    operation.notify(0);
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    await journal.adopt(2, 0);
    operation.rewind();
    gate.open();
    await operation.drained();
    expect(sent).toEqual([
      [1, [1, 2]],
      [2, [1, 2]],
    ]);
  });

  it('stops at once, even between two tries, and says so to who would rewind it', async () => {
    const send = vi.fn<(report: ProgressReport) => Promise<void>>().mockRejectedValue(new Error('no Redis'));
    const reporter = aReporter(send);
    const journal = await aJournal(1);
    const operation = reporter.follow(journal);
    const drained = operation.drained();
    await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(1));
    await reporter.leave(operation);
    await drained;
    operation.notify(0);
    expect([operation.rewind(), operation.isDone]).toEqual([false, false]);
    expect(send).toHaveBeenCalledTimes(1);
    // The next report is due when the second try was: it holds whoever came after, alone.
    const next = await aJournal(1);
    send.mockResolvedValue();
    await reporter.follow(next).drained();
    const reported = send.mock.calls.map(([{ operations }]) => operations.map(({ operationId }) => operationId));
    expect(reported).toEqual([[journal.order.operationId], [next.order.operationId]]);
  });
});
