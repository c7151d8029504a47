import type { z } from 'zod';
import type { TaskResult } from '../src/operations/domain/task.js';
import type { PlainObject } from '../src/shared/plain.js';
import type { TaskContext } from './protocol.js';

/**
 * One named part of an operation. `run` is idempotent: run twice equals run once, and it may be run again after the
 * process was killed at any point of it. It returns `NOTHING_TO_DO` when all is as it should be. It may throw a
 * `DomainError`; anything else it throws becomes `INTERNAL`.
 * `undo` takes back what a successful `run` did, from the `undo` data that run returned; it is idempotent too.
 */
export interface Task<Input> {
  readonly name: string;
  readonly input: z.ZodType<Input>;
  /** With `dryRun: true` in its input `run` looks, reports `drift`, and changes nothing. Others are refused in a dry run. */
  readonly dryRun?: true;
  run(input: Input, context: TaskContext): Promise<TaskResult>;
  undo?(input: Input, undo: PlainObject, context: TaskContext): Promise<void>;
}

/**
 * A task that does the work of many operations at one go (one reload for fifty sites). The runner collects the calls
 * that wait under the same `batchKey` of their plans and runs one batch at a time per key; each call gets its own
 * result. `undoMany` is batched in the same way and under the same key.
 */
export interface BatchTask<Input> {
  readonly name: string;
  readonly input: z.ZodType<Input>;
  readonly dryRun?: true;
  runMany(calls: readonly { readonly input: Input; readonly context: TaskContext }[]): Promise<readonly TaskResult[]>;
  undoMany?(
    calls: readonly { readonly input: Input; readonly undo: PlainObject; readonly context: TaskContext }[],
  ): Promise<void>;
}

export type AnyTask = Task<never> | BatchTask<never>;

export function defineTask<Input>(task: Task<Input>): AnyTask {
  return task as unknown as AnyTask;
}

export function defineBatchTask<Input>(task: BatchTask<Input>): AnyTask {
  return task as unknown as AnyTask;
}

export function isBatchTask(task: AnyTask): task is BatchTask<never> {
  return 'runMany' in task;
}
