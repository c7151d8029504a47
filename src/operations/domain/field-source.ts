import { retryAt } from './advance.js';
import type { Operation, OperationFailure } from './operation.js';
import type { RunnerEvent } from './runner-event.js';

/** The report that fields come with. */
export interface FieldSource {
  readonly operation: Operation;
  /** They say what holds again: a task was taken back, or the operation has not succeeded. */
  readonly takesBack: boolean;
  /** Why it failed; null as long as it goes on, after success, and when somebody cancelled it. */
  readonly failure: OperationFailure | null;
  /** When it is tried again by itself. */
  readonly nextAttemptAt: Date | null;
}

export function fieldSource(operation: Operation, event: RunnerEvent, now: Date): FieldSource {
  const takesBack = event.type !== 'task-finished';
  if (event.type !== 'finished' || event.state === 'CANCELLED') {
    return { operation, takesBack, failure: null, nextAttemptAt: null };
  }
  return { operation, takesBack, failure: event.failure, nextAttemptAt: retryAt(operation, event, now) };
}
