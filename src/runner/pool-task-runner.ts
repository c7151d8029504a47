import type { PlannedTask, TaskResult } from '../operations/domain/task.js';
import { DomainError, toFailure } from '../shared/domain-error.js';
import type { Failure } from '../shared/failure.js';
import type { PlainObject } from '../shared/plain.js';
import { Turns } from '../shared/turns.js';
import type { TaskCall } from '../../workers/protocol.js';
import { resolveOutputs } from './resolve-outputs.js';
import { resolveSecrets, type OpenSecret } from './resolve-secrets.js';
import type { TaskCallContext, TaskRunner } from './task-runner.js';
import type { PoolCall } from './worker-pool.js';

/** The part of the pool that is needed here. */
export interface Pool {
  run(call: PoolCall): Promise<readonly TaskResult[]>;
}

interface Waiting {
  readonly call: TaskCall;
  readonly context: TaskCallContext;
  readonly settle: (result: TaskResult) => void;
  readonly fail: (error: unknown) => void;
}

interface Batch {
  readonly task: string;
  readonly batchKey: string;
  readonly mode: TaskRequestMode;
  readonly waiting: Waiting[];
  running: boolean;
}

type TaskRequestMode = 'run' | 'undo';

/**
 * Hands tasks to the pool. Tasks with a batch key are joined: while one batch of a key runs, the calls that come are
 * collected, and go together when it has ended; a first call waits `windowMs` for company. This is what makes one
 * reload out of fifty changed sites without making one site wait.
 */
export class PoolTaskRunner implements TaskRunner {
  readonly #batches = new Map<string, Batch[]>();

  constructor(
    private readonly pool: Pool,
    private readonly windowMs: number,
    private readonly openSecret: OpenSecret = () => Promise.reject(new Error('This runner opens no secrets.')),
    /** A batch takes the turn of its batch key: who else takes turns under it is not disturbed, and does not disturb. */
    private readonly turns: Turns = new Turns(),
  ) {}

  run(task: PlannedTask, context: TaskCallContext): Promise<TaskResult> {
    return this.#start(task, 'run', context);
  }

  undo(task: PlannedTask, undo: PlainObject, context: TaskCallContext): Promise<TaskResult> {
    return this.#start(task, 'undo', context, undo);
  }

  async #start(
    task: PlannedTask,
    mode: TaskRequestMode,
    context: TaskCallContext,
    undo?: PlainObject,
  ): Promise<TaskResult> {
    try {
      const input = resolveSecrets(resolveOutputs(task.input, context.outputs), context.sealed ?? {}, this.openSecret);
      const { operationId, outputs } = context;
      const call = {
        operationId,
        // Not awaited where there is nothing to open: what was asked first is then handed out first.
        input: input instanceof Promise ? await input : input,
        outputs,
        ...(undo && { undo }),
      };
      if (task.batchKey === undefined) {
        const waiting = { call, context, settle: () => undefined, fail: () => undefined };
        const [result] = await this.#send(task.name, mode, [waiting], context.signal);
        return result!;
      }
      return await new Promise<TaskResult>((settle, fail) => {
        this.#join(task, mode, { call, context, settle, fail });
      });
    } catch (error) {
      return { status: 'ERROR', failure: unexpected(task, error) };
    }
  }

  #join({ name: task, batchKey = '' }: PlannedTask, mode: TaskRequestMode, waiting: Waiting): void {
    const key = `${task} ${batchKey}`;
    const line = this.#batches.get(key) ?? [];
    this.#batches.set(key, line);
    const open = line.find((batch) => !batch.running && batch.mode === mode);
    if (open) {
      open.waiting.push(waiting);
      return;
    }
    line.push({ task, batchKey, mode, waiting: [waiting], running: false });
    if (line.length === 1) {
      setTimeout(() => this.#runNext(key), this.windowMs);
    }
  }

  #runNext(key: string): void {
    const [batch] = this.#batches.get(key) ?? [];
    if (!batch) {
      this.#batches.delete(key);
      return;
    }
    batch.running = true;
    void this.#runBatch(batch).finally(() => {
      this.#batches.get(key)?.shift();
      this.#runNext(key);
    });
  }

  async #runBatch({ task, batchKey, mode, waiting }: Batch): Promise<void> {
    try {
      // A batch serves many operations: the cancellation of one waits for the end of the batch.
      const results = await this.turns.take(batchKey, () =>
        this.#send(task, mode, waiting, new AbortController().signal),
      );
      waiting.forEach(({ settle }, index) => settle(results[index]!));
    } catch (error) {
      waiting.forEach(({ fail }) => fail(error));
    }
  }

  async #send(
    task: string,
    mode: TaskRequestMode,
    waiting: readonly Waiting[],
    signal: AbortSignal,
  ): Promise<readonly TaskResult[]> {
    const results = await this.pool.run({
      task,
      mode,
      calls: waiting.map(({ call }) => call),
      signal,
      onMessage: ({ call, entry }) => waiting[call]?.context.log(entry.level, entry.message),
    });
    if (results.length !== waiting.length) {
      throw new Error(`${waiting.length} calls came back with ${results.length} results`);
    }
    return results;
  }
}

/** A defect of ours, such as a plan that names an output that no task gives. It ends the operation, not the runner. */
function unexpected(task: PlannedTask, error: unknown): Failure {
  if (error instanceof DomainError) {
    return toFailure(error);
  }
  const reason = error instanceof Error ? error.message : 'unknown';
  return toFailure(new DomainError('INTERNAL', `${task.name} could not be run: ${reason}`, { cause: error }));
}
