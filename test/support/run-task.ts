import type { TaskResult, TaskSuccess } from '../../src/operations/domain/task.js';
import { DomainError, toFailure } from '../../src/shared/domain-error.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { asCancelled } from '../../workers/as-cancelled.js';
import { isBatchTask, type AnyTask, type Task } from '../../workers/define-task.js';
import type { TaskContext } from '../../workers/protocol.js';

export interface TaskCall {
  readonly operationId?: string;
  readonly signal?: AbortSignal;
  /** Gets what the task logs. */
  readonly say?: (message: string) => void;
}

/** Runs one task as the pool does: what it says against the world is its result. */
export function runTask(task: AnyTask, input: PlainObject, call: TaskCall = {}): Promise<TaskResult> {
  return asResult(async () => {
    try {
      return await run(task, input, call);
    } catch (error) {
      throw asCancelled(error, call.signal ?? new AbortController().signal);
    }
  });
}

/** The same for one that must succeed. Throws what it throws, and what it ends with. */
export async function performTask(task: AnyTask, input: PlainObject, call: TaskCall = {}): Promise<TaskSuccess> {
  return succeededTask(await run(task, input, call));
}

/** Takes a task back. Throws what its undo throws. */
export async function undoTask(
  task: AnyTask,
  input: PlainObject,
  undo: PlainObject | undefined,
  call: TaskCall = {},
): Promise<void> {
  const one = single(task);
  await one.undo?.(one.input.parse(input), undo ?? {}, contextOf(call));
}

/** What is thrown against the world, as the result that it is. */
export async function asResult(work: () => Promise<TaskResult>): Promise<TaskResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DomainError) {
      return { status: 'ERROR', failure: toFailure(error) };
    }
    throw error;
  }
}

export function succeededTask(result: TaskResult): TaskSuccess {
  if (result.status === 'ERROR') {
    throw new Error(result.failure.summary);
  }
  return result;
}

function run(task: AnyTask, input: PlainObject, call: TaskCall): Promise<TaskResult> {
  const one = single(task);
  return one.run(one.input.parse(input), contextOf(call));
}

function single(task: AnyTask): Task<never> {
  if (isBatchTask(task)) {
    throw new Error(`${task.name} is a batch task.`);
  }
  return task;
}

function contextOf({ operationId = newId(), signal, say = () => undefined }: TaskCall): TaskContext {
  const log = (_: string, message: string): void => say(message);
  return { operationId, outputs: {}, signal: signal ?? new AbortController().signal, log };
}
