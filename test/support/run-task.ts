import type { TaskResult } from '../../src/operations/domain/task.js';
import { DomainError, toFailure } from '../../src/shared/domain-error.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { isBatchTask, type AnyTask } from '../../workers/define-task.js';

/** Runs one task as the pool does: what it says against the world is its result. */
export async function runTask(
  task: AnyTask,
  input: PlainObject,
  say: (message: string) => void = () => undefined,
): Promise<TaskResult> {
  if (isBatchTask(task)) {
    throw new Error(`${task.name} is a batch task.`);
  }
  const { signal } = new AbortController();
  const log = (_: string, message: string): void => say(message);
  try {
    return await task.run(task.input.parse(input), { operationId: newId(), outputs: {}, signal, log });
  } catch (error) {
    if (error instanceof DomainError) {
      return { status: 'ERROR', failure: toFailure(error) };
    }
    throw error;
  }
}
