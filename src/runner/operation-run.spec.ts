import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { aDirectory, anOrder } from '../../test/support/an-order.js';
import { aGate } from '../../test/support/gate.js';
import type { RunOrder } from '../operations/domain/order.js';
import { outputOf, type PlannedTask, type TaskResult } from '../operations/domain/task.js';
import { assertNever } from '../shared/assert-never.js';
import { NEVER } from '../shared/failure.js';
import type { PlainObject } from '../shared/plain.js';
import { OperationJournal } from './journal.js';
import { OperationRun } from './operation-run.js';
import type { TaskCallContext, TaskRunner } from './task-runner.js';

type Behaviour = (context: TaskCallContext, undo?: PlainObject) => TaskResult | Promise<TaskResult>;

const done: Behaviour = () => ({ status: 'SUCCESS', undo: { of: 'it' } });
const nothing: Behaviour = () => ({ status: 'NOTHING_TO_DO' });
const failing: Behaviour = () => ({
  status: 'ERROR',
  failure: { code: 'DISK_FULL', summary: 'The disk is full, password=hunter2.', hint: 'Make room.', retry: NEVER },
});
const FAILURE = {
  code: 'DISK_FULL',
  summary: 'The disk is full, password=[REDACTED]',
  hint: 'Make room.',
  retry: NEVER,
};

/** Does what it is told per task (`a`, or `undo a`) and remembers what it was asked. */
class FakeTaskRunner implements TaskRunner {
  readonly asked: string[] = [];
  readonly undoData: PlainObject[] = [];

  constructor(private readonly behaviours: { readonly [call: string]: Behaviour }) {}

  run(task: PlannedTask, context: TaskCallContext): Promise<TaskResult> {
    return this.#call(task.name, context);
  }

  undo(task: PlannedTask, undo: PlainObject, context: TaskCallContext): Promise<TaskResult> {
    this.undoData.push(undo);
    return this.#call(`undo ${task.name}`, context, undo);
  }

  async #call(call: string, context: TaskCallContext, undo?: PlainObject): Promise<TaskResult> {
    this.asked.push(call);
    return (this.behaviours[call] ?? done)(context, undo);
  }
}

async function executed(run: OperationRun): Promise<void> {
  await run.execute();
  await run.journal.close();
}

interface Played {
  readonly journal: OperationJournal;
  readonly runner: FakeTaskRunner;
  readonly run: OperationRun;
  readonly ended: Promise<void>;
}

async function start(
  behaviours: { readonly [call: string]: Behaviour } = {},
  change: Partial<RunOrder> = {},
): Promise<Played> {
  const journal = await OperationJournal.create(await aDirectory(), anOrder(change));
  const runner = new FakeTaskRunner(behaviours);
  const run = new OperationRun(journal, runner, () => undefined);
  return { journal, runner, run, ended: executed(run) };
}

async function play(behaviours: { readonly [call: string]: Behaviour }, change?: Partial<RunOrder>): Promise<Played> {
  const played = await start(behaviours, change);
  await played.ended;
  return played;
}

/** Events in short, without log lines. */
function story(journal: OperationJournal): string[] {
  return journal.events.flatMap((event) => {
    switch (event.type) {
      case 'started':
        return ['started'];
      case 'log':
        return [];
      case 'task-started':
        return [`start ${event.position}`];
      case 'task-finished':
        return [`${event.status} ${event.position}`];
      case 'task-undone':
        return [`${event.undone ? 'undone' : 'undo failed'} ${event.position}`];
      case 'finished':
        return [event.state];
      default:
        return assertNever(event);
    }
  });
}

const logs = (journal: OperationJournal): string[] =>
  journal.events.flatMap((event) => (event.type === 'log' ? [`${event.level} ${event.task}: ${event.message}`] : []));

describe('OperationRun', () => {
  it('runs tasks in order', async () => {
    const { journal, runner } = await play({});
    expect(runner.asked).toEqual(['a', 'b', 'c']);
    expect(story(journal)).toEqual([
      'started',
      'start 0',
      'SUCCESS 0',
      'start 1',
      'SUCCESS 1',
      'start 2',
      'SUCCESS 2',
      'SUCCEEDED',
    ]);
  });

  it('runs neighbours of one batch together, and what comes after them later', async () => {
    const both = aGate();
    let running = 0;
    const meet: Behaviour = async () => {
      running += 1;
      if (running === 2) {
        both.open();
      }
      await both.passed;
      return { status: 'SUCCESS' };
    };
    const tasks = ['a', 'b', 'c'].map((name) => ({ name: name === 'c' ? 'c' : 'batch', input: {}, batchKey: 'key' }));
    const { journal, runner } = await play({ batch: meet }, { tasks });
    expect(runner.asked).toEqual(['batch', 'batch', 'c']);
    expect(story(journal).at(-1)).toBe('SUCCEEDED');
  });

  it('makes a warning of what is tolerated, and undoes nothing for it', async () => {
    const tasks = ['a', 'b', 'c'].map((name) => ({ name, input: {}, ...(name === 'b' && { tolerated: true }) }));
    const { journal, runner } = await play({ b: failing }, { tasks });
    expect(runner.asked).toEqual(['a', 'b', 'c']);
    expect(story(journal).slice(3)).toEqual(['start 1', 'ERROR 1', 'start 2', 'SUCCESS 2', 'SUCCEEDED_WITH_WARNINGS']);
    expect(journal.events.find((event) => event.type === 'task-finished' && event.position === 1)).toMatchObject({
      warnings: [{ ...FAILURE, task: 'b' }],
    });
  });

  it('says so when there was nothing to do', async () => {
    const { journal } = await play({ a: nothing, b: nothing, c: nothing });
    expect(story(journal).filter((line) => line.startsWith('NOTHING'))).toHaveLength(3);
    expect(story(journal).at(-1)).toBe('SUCCEEDED');
  });

  it('succeeds with warnings, with the task they are from, and without tasks at all', async () => {
    const warning = { code: 'DISK_FULL', summary: 'Nearly full.', hint: 'Make room.', retry: NEVER } as const;
    const { journal } = await play({ b: () => ({ status: 'SUCCESS', warnings: [warning] }) });
    expect(story(journal).at(-1)).toBe('SUCCEEDED_WITH_WARNINGS');
    expect(journal.events.find((event) => event.type === 'task-finished' && event.position === 1)).toMatchObject({
      warnings: [{ ...warning, task: 'b' }],
    });
    expect(story((await play({}, { tasks: [] })).journal)).toEqual(['started', 'SUCCEEDED']);
  });

  it('sends the fields of a task with what the plan says holds after it', async () => {
    const site = { subject: 'site', id: 'x' } as const;
    const tasks = [{ name: 'a', input: {}, sets: [{ ...site, fields: { status: 'ENABLED' } }] }];
    const a: Behaviour = () => ({ status: 'SUCCESS', fields: [{ ...site, fields: { httpStatus: 200 } }] });
    const { journal } = await play({ a }, { tasks });
    expect(journal.events.find((event) => event.type === 'task-finished')).toMatchObject({
      fields: [
        { ...site, fields: { httpStatus: 200 } },
        { ...site, fields: { status: 'ENABLED' } },
      ],
    });
  });

  it('hands outputs to later tasks and redacts what they log', async () => {
    let seen: unknown;
    const { journal } = await play({
      a: (context) => {
        context.log('INFO', 'using token hler_0123456789abcdef');
        return { status: 'SUCCESS', output: { spki: 'ab' } };
      },
      b: (context) => {
        seen = context.outputs;
        return { status: 'SUCCESS' };
      },
    });
    expect(seen).toEqual({ a: { spki: 'ab' } });
    expect(logs(journal)).toEqual(['INFO a: using token [REDACTED]']);
  });

  it('undoes in reverse what has undo data, whatever its status was, and nothing else', async () => {
    const { journal, runner } = await play(
      {
        a: () => ({ status: 'NOTHING_TO_DO', undo: { of: 'a' } }),
        b: () => ({ status: 'SUCCESS', undo: { of: 'b' } }),
        c: () => ({ status: 'SUCCESS' }),
        d: failing,
      },
      { tasks: ['a', 'b', 'c', 'd'].map((name) => ({ name, input: {} })) },
    );
    expect(runner.asked).toEqual(['a', 'b', 'c', 'd', 'undo b', 'undo a']);
    expect(runner.undoData).toEqual([{ of: 'b' }, { of: 'a' }]);
    expect(story(journal).slice(-4)).toEqual(['ERROR 3', 'undone 1', 'undone 0', 'FAILED']);
    expect(journal.events.at(-1)).toMatchObject({ failure: { ...FAILURE, task: 'd' } });
    expect(logs(journal)).toEqual([`ERROR d: ${FAILURE.summary}`]);
  });

  it('says with the failure what holds again, and says nothing of the kind when it succeeds', async () => {
    const onFailure = [{ subject: 'site', id: 'x', fields: { status: 'DISABLED' } }] as const;
    const [failed, succeeded] = [await play({ c: failing }, { onFailure }), await play({}, { onFailure })];
    expect(failed.journal.events.at(-1)).toMatchObject({ state: 'FAILED', fields: onFailure });
    expect(succeeded.journal.events.at(-1)).toMatchObject({ state: 'SUCCEEDED', fields: [] });
  });

  it('reports an undo that fails and undoes the others all the same', async () => {
    const { journal } = await play({ c: failing, 'undo b': failing });
    expect(story(journal).slice(-3)).toEqual(['undo failed 1', 'undone 0', 'FAILED']);
    expect(logs(journal).at(-1)).toBe(`ERROR b: Could not be undone: ${FAILURE.summary}`);
  });

  it('is cancelled between tasks', async () => {
    const gate = aGate<TaskResult>();
    const { journal, run, runner, ended } = await start({ a: () => gate.passed });
    await vi.waitFor(() => expect(runner.asked).toEqual(['a']));
    run.stop('CANCELLED');
    gate.open({ status: 'SUCCESS', undo: {} });
    await ended;
    expect(story(journal).slice(1)).toEqual(['start 0', 'SUCCESS 0', 'undone 0', 'CANCELLED']);
    expect(journal.events.at(-1)).toMatchObject({ failure: { code: 'OPERATION_CANCELLED', task: 'b' } });
  });

  it('is cancelled inside a task that listens, and lets undo work although the cancel was heard', async () => {
    const signals: boolean[] = [];
    const { journal, run, runner, ended } = await start({
      b: async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        return failing({} as TaskCallContext);
      },
      'undo a': ({ signal }) => {
        signals.push(signal.aborted);
        return { status: 'SUCCESS' };
      },
    });
    await vi.waitFor(() => expect(runner.asked).toContain('b'));
    run.stop('CANCELLED');
    run.stop('TIMED_OUT');
    await ended;
    expect(story(journal).slice(-4)).toEqual(['start 1', 'ERROR 1', 'undone 0', 'CANCELLED']);
    expect(signals).toEqual([false]);
  });

  it('is cancelled before it began', async () => {
    const journal = await OperationJournal.create(await aDirectory(), anOrder());
    const runner = new FakeTaskRunner({});
    const run = new OperationRun(journal, runner, () => undefined);
    run.stop('CANCELLED');
    await run.execute();
    await journal.close();
    expect([story(journal), runner.asked]).toEqual([['started', 'CANCELLED'], []]);
  });

  it('is stopped when its time is up', async () => {
    const { journal, ended } = await start(
      {
        b: async ({ signal }) => {
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
          return failing({} as TaskCallContext);
        },
      },
      { timeoutMs: 30 },
    );
    await ended;
    expect(story(journal).slice(-2)).toEqual(['undone 0', 'TIMED_OUT']);
    expect(journal.events.at(-1)).toMatchObject({ failure: { code: 'OPERATION_TIMED_OUT', task: 'b' } });
  });

  it('pauses after the task that runs, and keeps what it did', async () => {
    const gate = aGate<TaskResult>();
    const { journal, run, runner, ended } = await start({ a: () => gate.passed });
    await vi.waitFor(() => expect(runner.asked).toEqual(['a']));
    run.pause();
    gate.open({ status: 'SUCCESS' });
    await ended;
    expect(story(journal)).toEqual(['started', 'start 0', 'SUCCESS 0']);
  });

  it('outlives log lines that cannot be kept', async () => {
    const { journal, run, ended } = await start({});
    await ended;
    void run;
    const late = new FakeTaskRunner({});
    let context: TaskCallContext | undefined;
    const again = await OperationJournal.create(await aDirectory(), anOrder());
    await new OperationRun(
      again,
      { run: (task, given) => ((context = given), late.run(task, given)), undo: () => Promise.reject(new Error()) },
      () => undefined,
    ).execute();
    await again.close();
    context!.log('INFO', 'too late');
    await new Promise((resolve) => setImmediate(resolve));
    expect([logs(journal), logs(again)]).toEqual([[], []]);
  });

  describe.each<[string, { readonly [call: string]: Behaviour }]>([
    ['succeeds', { b: nothing }],
    ['fails and undoes', { c: failing }],
    ['fails and cannot undo', { c: failing, 'undo b': failing }],
  ])('that %s', (_name, behaviours) => {
    it('ends the same when its process dies after any line of the journal', async () => {
      const order = anOrder({
        tasks: [
          { name: 'a', input: {} },
          { name: 'b', input: {} },
          { name: 'c', input: { spki: outputOf('a', 'spki') } },
        ],
      });
      const whole = await aDirectory();
      const undisturbed = await OperationJournal.create(whole, order);
      await new OperationRun(undisturbed, new FakeTaskRunner(behaviours), () => undefined).execute();
      await undisturbed.close();
      const lines = (await readFile(undisturbed.path, 'utf8')).trimEnd().split('\n');
      for (let kept = 1; kept <= lines.length; kept += 1) {
        const directory = await aDirectory();
        await writeFile(join(directory, `${order.operationId}.jsonl`), `${lines.slice(0, kept).join('\n')}\n{"k":"ev`);
        const journal = (await OperationJournal.read(directory, order.operationId))!;
        const finished = journal.records.size;
        const runner = new FakeTaskRunner(behaviours);
        await new OperationRun(journal, runner, () => undefined).execute();
        await journal.close();
        expect(story(journal)).toEqual(story(undisturbed));
        expect(journal.events.map(({ n }) => n)).toEqual(journal.events.map((_, index) => index + 1));
        expect(journal.records).toEqual(undisturbed.records);
        expect(runner.asked.filter((call) => !call.startsWith('undo')).length).toBeLessThanOrEqual(3 - finished);
      }
    });
  });
});
