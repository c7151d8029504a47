import type { PlannedTask, TaskResult } from '../operations/domain/task.js';
import type { PlainObject } from '../shared/plain.js';
import type { TaskCall } from '../../workers/protocol.js';
import { resolveOutputs } from './resolve-outputs.js';
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
}

interface Batch {
  readonly task: string;
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
    private readonly windowMs: number = 20,
  ) {}

  run(task: PlannedTask, context: TaskCallContext): Promise<TaskResult> {
    return this.#start(task, 'run', callOf(task, context), context);
  }

  undo(task: PlannedTask, undo: PlainObject, context: TaskCallContext): Promise<TaskResult> {
    return this.#start(task, 'undo', { ...callOf(task, context), undo }, context);
  }

  async #start(
    task: PlannedTask,
    mode: TaskRequestMode,
    call: TaskCall,
    context: TaskCallContext,
  ): Promise<TaskResult> {
    if (task.batchKey === undefined) {
      const [result] = await this.#send(task.name, mode, [{ call, context, settle: () => undefined }], context.signal);
      return result!;
    }
    return new Promise((settle) => {
      this.#join(`${task.name} ${task.batchKey}`, task.name, mode, { call, context, settle });
    });
  }

  #join(key: string, task: string, mode: TaskRequestMode, waiting: Waiting): void {
    const line = this.#batches.get(key) ?? [];
    this.#batches.set(key, line);
    const open = line.find((batch) => !batch.running && batch.mode === mode);
    if (open) {
      open.waiting.push(waiting);
      return;
    }
    line.push({ task, mode, waiting: [waiting], running: false });
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
    // A batch serves many operations: the cancellation of one waits for the end of the batch.
    const signal = new AbortController().signal;
    void this.#send(batch.task, batch.mode, batch.waiting, signal).then((results) => {
      batch.waiting.forEach((waiting, index) => waiting.settle(results[index]!));
      this.#batches.get(key)?.shift();
      this.#runNext(key);
    });
  }

  #send(
    task: string,
    mode: TaskRequestMode,
    waiting: readonly Waiting[],
    signal: AbortSignal,
  ): Promise<readonly TaskResult[]> {
    return this.pool.run({
      task,
      mode,
      calls: waiting.map(({ call }) => call),
      signal,
      onMessage: ({ call, entry }) => waiting[call]?.context.log(entry.level, entry.message),
    });
  }
}

function callOf(task: PlannedTask, context: TaskCallContext): TaskCall {
  return {
    operationId: context.operationId,
    input: resolveOutputs(task.input, context.outputs),
    outputs: context.outputs,
  };
}
