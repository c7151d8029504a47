import type { OperationFailure } from '../operations/domain/operation.js';
import type { RunnerEventBody } from '../operations/domain/runner-event.js';
import type { FieldUpdate, LogLevel, PlannedTask, TaskError, TaskSuccess } from '../operations/domain/task.js';
import { ERROR_CATALOGUE } from '../shared/error-catalogue.js';
import { NEVER } from '../shared/failure.js';
import type { PlainObject } from '../shared/plain.js';
import type { Consequence, Ending, OperationJournal, TaskRecord } from './journal.js';
import { redact, redactDrift } from './redact.js';
import type { TaskCallContext, TaskRunner } from './task-runner.js';

/**
 * Each report costs a signature, an encryption, a message and a transaction: steps that follow one another faster than
 * anybody can watch go together. The end is what everybody waits for.
 */
const REPORT_WITHIN_MS: { readonly [type in RunnerEventBody['type']]: number } = {
  started: 30,
  'task-started': 100,
  'task-finished': 100,
  'task-undone': 100,
  log: 100,
  finished: 0,
};

interface PlacedTask {
  readonly position: number;
  readonly task: PlannedTask;
}

export type StopReason = 'CANCELLED' | 'TIMED_OUT';

/**
 * One operation at work on this server: its tasks in order, or, once something failed or it was stopped, the undo of
 * the finished ones in reverse. Every step is in the journal before the next, so that a new process goes on from it.
 */
export class OperationRun {
  readonly #abort = new AbortController();
  #stopped: StopReason | null = null;
  #paused = false;

  constructor(
    readonly journal: OperationJournal,
    private readonly tasks: TaskRunner,
    /** Called after every event, so that it is reported within so many ms. */
    private readonly onEvent: (withinMs: number) => void,
  ) {}

  /** Stops co-operatively, between or inside tasks, and undoes. No effect once undoing or finished. */
  stop(reason: StopReason): void {
    this.#stopped ??= reason;
    this.#abort.abort();
  }

  /** The process is shutting down: go no further after the task that runs; the next process resumes. */
  pause(): void {
    this.#paused = true;
  }

  /** Resolves when the operation is settled, or paused. */
  async execute(): Promise<void> {
    const { journal } = this;
    if (journal.settled) {
      return;
    }
    if (!journal.events.some((event) => event.type === 'started')) {
      await this.#emit({ type: 'started' }, false);
    }
    const limit = setTimeout(() => this.stop('TIMED_OUT'), journal.order.timeoutMs);
    try {
      const ending = journal.ending ?? (await this.#runTasks());
      if (ending !== 'PAUSED') {
        await this.#settle(ending);
      }
    } finally {
      clearTimeout(limit);
    }
  }

  /** Null: all succeeded. */
  async #runTasks(): Promise<Ending | null | 'PAUSED'> {
    for (const group of this.#groups()) {
      const open = group.filter(({ position }) => !this.journal.records.has(position));
      const [first] = open;
      if (!first) {
        continue;
      }
      if (this.#stopped) {
        return this.#stoppedBefore(first.task.name);
      }
      if (this.#paused) {
        return 'PAUSED';
      }
      const endings = await Promise.all(open.map(({ position, task }) => this.#runTask(position, task)));
      const ending = endings.find((candidate) => candidate !== null);
      if (ending) {
        return ending;
      }
    }
    return null;
  }

  /** Tasks in order; neighbours of one batch go together, so that they cost one reload and not one each. */
  #groups(): readonly (readonly PlacedTask[])[] {
    const groups: PlacedTask[][] = [];
    for (const [position, task] of this.journal.order.tasks.entries()) {
      const before = groups.at(-1)?.at(-1)?.task;
      const joins = task.batchKey !== undefined && before?.batchKey === task.batchKey && before.name === task.name;
      if (joins) {
        groups.at(-1)!.push({ position, task });
      } else {
        groups.push([{ position, task }]);
      }
    }
    return groups;
  }

  async #runTask(position: number, task: PlannedTask): Promise<Ending | null> {
    if (!this.journal.events.some((event) => event.type === 'task-started' && event.position === position)) {
      await this.#emit({ type: 'task-started', position }, false);
    }
    const result = await this.tasks.run(task, this.#context(task.name));
    return result.status === 'ERROR'
      ? this.#taskFailed(position, task, result)
      : this.#taskDone(position, task, result);
  }

  async #taskDone(position: number, task: PlannedTask, result: TaskSuccess): Promise<null> {
    const record: TaskRecord = { status: result.status, output: result.output ?? {}, undo: result.undo ?? null };
    const fields: FieldUpdate[] = [...(result.fields ?? []), ...(task.sets ?? [])];
    const warnings = (result.warnings ?? []).map((warning) => ({ ...warning, task: task.name }));
    const drift = result.drift && { drift: redactDrift(result.drift) };
    const event = { type: 'task-finished', position, status: result.status, fields, warnings, ...drift } as const;
    await this.#emit(event, true, { record });
    return null;
  }

  async #taskFailed(position: number, task: PlannedTask, result: TaskError): Promise<Ending | null> {
    const failure: OperationFailure = { ...result.failure, summary: redact(result.failure.summary), task: task.name };
    const fields = result.fields ?? [];
    await this.#log(task.name, 'ERROR', failure.summary);
    if (task.tolerated && !this.#stopped) {
      const record: TaskRecord = { status: 'ERROR', output: {}, undo: null };
      const event = { type: 'task-finished', position, status: 'ERROR', fields, warnings: [failure] } as const;
      await this.#emit(event, true, { record });
      return null;
    }
    const ending: Ending = this.#stopped ? this.#stoppedBefore(task.name) : { state: 'FAILED', failure };
    await this.#emit({ type: 'task-finished', position, status: 'ERROR', fields, warnings: [] }, true, { ending });
    return ending;
  }

  async #settle(ending: Ending | null): Promise<void> {
    if (ending === null) {
      const warned = this.journal.events.some((event) => event.type === 'task-finished' && event.warnings.length > 0);
      await this.#emit(
        { type: 'finished', state: warned ? 'SUCCEEDED_WITH_WARNINGS' : 'SUCCEEDED', failure: null, fields: [] },
        true,
      );
      return;
    }
    if (!this.journal.ending) {
      await this.journal.end(ending);
    }
    await this.#undoAll();
    await this.#emit({ type: 'finished', ...ending, fields: this.journal.order.onFailure }, true);
  }

  async #undoAll(): Promise<void> {
    const tasks = [...this.journal.order.tasks.entries()].reverse();
    for (const [position, task] of tasks) {
      const undo = this.journal.records.get(position)?.undo;
      if (undo && !this.journal.undone.has(position)) {
        await this.#undoOne(position, task, undo);
      }
    }
  }

  /** An undo that fails is reported and does not keep the others from being undone. */
  async #undoOne(position: number, task: PlannedTask, undo: PlainObject): Promise<void> {
    // The cancel was for the work; what takes it back must be allowed to finish.
    const context = { ...this.#context(task.name), signal: new AbortController().signal };
    const result = await this.tasks.undo(task, undo, context);
    const undone = result.status !== 'ERROR';
    if (result.status === 'ERROR') {
      await this.#log(task.name, 'ERROR', `Could not be undone: ${result.failure.summary}`);
    }
    const fields = result.status === 'ERROR' ? [] : (result.fields ?? []);
    await this.#emit({ type: 'task-undone', position, undone, fields }, true);
  }

  #stoppedBefore(task: string): Ending {
    const state = this.#stopped!;
    const code = state === 'CANCELLED' ? 'OPERATION_CANCELLED' : 'OPERATION_TIMED_OUT';
    const limit = Math.round(this.journal.order.timeoutMs / 1000);
    const summary =
      state === 'CANCELLED'
        ? `Cancelled on request at ${task}; what had been done was undone.`
        : `Stopped at ${task} after ${limit} s; what had been done was undone.`;
    return { state, failure: { code, summary, hint: ERROR_CATALOGUE[code].hint, retry: NEVER, task } };
  }

  #context(task: string): TaskCallContext {
    return {
      operationId: this.journal.order.operationId,
      outputs: this.#outputs(),
      sealed: this.journal.order.sealed ?? {},
      signal: this.#abort.signal,
      // A line that cannot be kept (a full disk) is no reason to die: the task's own events will tell.
      log: (level, message) => void this.#log(task, level, message).catch(() => undefined),
    };
  }

  #outputs(): { [task: string]: PlainObject } {
    const outputs: { [task: string]: PlainObject } = {};
    for (const [position, record] of this.journal.records) {
      const task = this.journal.order.tasks[position];
      if (task) {
        outputs[task.name] = record.output;
      }
    }
    return outputs;
  }

  async #log(task: string, level: LogLevel, message: string): Promise<void> {
    await this.#emit({ type: 'log', task, level, message: redact(message) }, false);
  }

  async #emit(body: RunnerEventBody, durable: boolean, consequence: Consequence = {}): Promise<void> {
    await this.journal.append(body, durable, consequence);
    this.onEvent(REPORT_WITHIN_MS[body.type]);
  }
}
