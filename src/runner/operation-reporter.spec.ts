import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { aDirectory, anOrder } from '../../test/support/an-order.js';
import { aGate } from '../../test/support/gate.js';
import type { ProgressReport, Report } from '../operations/domain/order.js';
import { OperationJournal } from './journal.js';
import { OperationReporter } from './operation-reporter.js';

const LINE = { type: 'log', task: null, level: 'INFO', message: 'x' } as const;

async function aJournal(lines: number): Promise<OperationJournal> {
  const journal = await OperationJournal.create(await aDirectory(), anOrder());
  onTestFinished(() => journal.close());
  for (let line = 0; line < lines; line += 1) {
    await journal.append(LINE, false);
  }
  return journal;
}

const numbers = (report: Report): number[] => (report as ProgressReport).events.map(({ n }) => n);

describe('OperationReporter', () => {
  it('sends everything in order, in portions', async () => {
    const sent: number[][] = [];
    const reporter = new OperationReporter(await aJournal(450), async (report) => void sent.push(numbers(report)));
    await reporter.drained();
    expect(sent.map((portion) => portion.length)).toEqual([200, 200, 50]);
    expect(sent.flat()).toEqual(Array.from({ length: 450 }, (_, index) => index + 1));
    expect(reporter.isDone).toBe(true);
  });

  it('gathers what comes while a report is on its way', async () => {
    const journal = await aJournal(1);
    const gate = aGate();
    const sent: number[][] = [];
    const reporter = new OperationReporter(journal, async (report) => {
      sent.push(numbers(report));
      await gate.passed;
    });
    reporter.notify(0);
    await vi.waitFor(() => expect(sent).toEqual([[1]]));
    for (let line = 0; line < 3; line += 1) {
      await journal.append(LINE, false);
      reporter.notify(0);
    }
    gate.open();
    await vi.waitFor(() => expect(sent).toEqual([[1], [2, 3, 4]]));
    await reporter.stop();
  });

  it('sends the same again until the queue takes it', async () => {
    const journal = await aJournal(2);
    let failures = 2;
    const sent: number[][] = [];
    const reporter = new OperationReporter(journal, async (report) => {
      failures -= 1;
      if (failures >= 0) {
        throw new Error('no Redis');
      }
      sent.push(numbers(report));
    });
    await reporter.drained();
    expect(sent).toEqual([[1, 2]]);
  });

  it('goes back to where the control plane stands, under the new attempt', async () => {
    const journal = await aJournal(3);
    const sent: [number, number[]][] = [];
    const reporter = new OperationReporter(journal, async (report) => {
      sent.push([(report as ProgressReport).attempt, numbers(report)]);
    });
    await reporter.drained();
    await journal.adopt(2, 1);
    expect(reporter.rewind()).toBe(true);
    await reporter.drained();
    expect(sent).toEqual([
      [1, [1, 2, 3]],
      [2, [2, 3]],
    ]);
  });

  it('sends again what was on its way when it was told to go back to the very same place', async () => {
    const journal = await aJournal(2);
    const gate = aGate();
    const sent: [number, number[]][] = [];
    const reporter = new OperationReporter(journal, async (report) => {
      sent.push([(report as ProgressReport).attempt, numbers(report)]);
      await gate.passed;
    });
    reporter.notify(0);
    await vi.waitFor(() => expect(sent).toHaveLength(1));
    await journal.adopt(2, 0);
    reporter.rewind();
    gate.open();
    await reporter.drained();
    expect(sent).toEqual([
      [1, [1, 2]],
      [2, [1, 2]],
    ]);
  });

  it('stops at once, even between two tries, and says so to who would rewind it', async () => {
    const journal = await aJournal(1);
    const send = vi.fn<(report: Report) => Promise<void>>().mockRejectedValue(new Error('no Redis'));
    const reporter = new OperationReporter(journal, send);
    const drained = reporter.drained();
    await vi.waitFor(() => expect(send).toHaveBeenCalledTimes(1));
    await reporter.stop();
    await drained;
    reporter.notify(0);
    reporter.notify(100);
    expect([reporter.rewind(), reporter.isDone, send.mock.calls.length]).toEqual([false, false, 1]);
  });
});
