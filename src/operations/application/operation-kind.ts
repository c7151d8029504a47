import type { Operation, SubjectRef } from '../domain/operation.js';
import type { FieldUpdate, PlannedTask } from '../domain/task.js';

export interface OperationPlan {
  readonly tasks: readonly PlannedTask[];
  /** Objects whose fields the tasks will write. */
  readonly writes: readonly SubjectRef[];
  /** What holds again when the operation does not succeed: the fields that its tasks set, as they were before. */
  readonly onFailure?: readonly FieldUpdate[];
}

/**
 * One kind of operation: what it needs to know and which tasks follow from that. Each noun's module registers its own;
 * the boot audit refuses a kind that is missing, doubled, or names a task that no worker module has.
 */
export interface OperationKind<State = unknown> {
  /** `<subject>.<verb>`, such as `site.verify`. Stable: it is stored. */
  readonly name: string;
  /** Every task that a plan of this kind may contain. */
  readonly tasks: readonly string[];
  /** How long one attempt may run before it is stopped and undone. */
  readonly timeoutMs: number;
  /**
   * Reads what the plan depends on, at the moment of dispatch: operations ahead in line have ended by then.
   * @throws DomainError when the operation makes no sense any more; the operation then fails with it.
   */
  load(operation: Operation): Promise<State>;
  /** Pure: the same state gives the same plan. */
  plan(state: State, operation: Operation): OperationPlan;
}
