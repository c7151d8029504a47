import type { Failure } from '../../shared/failure.js';
import type { PlainObject } from '../../shared/plain.js';
import type { Lock } from './lock.js';
import type { SealedSecrets } from './sealed-secrets.js';
import type { OperationState } from './operation-state.js';
import type { FieldUpdate, SubjectType, TaskStatus } from './task.js';

/** The durable, user-visible record of one piece of work (Ægir 3: a task). */
export interface Operation {
  readonly id: string;
  /** Order of request over the whole installation. */
  readonly seq: number;
  /** Such as `site.verify`. */
  readonly kind: string;
  readonly subjectType: SubjectType;
  readonly subjectId: string;
  /** The subject as people know it, such as its hostname; it stays readable when the subject is gone. */
  readonly subjectLabel: string;
  /** The tenant whose subject it is; null: the operator's own. */
  readonly clientId: string | null;
  readonly serverId: string;
  readonly state: OperationState;
  /** How often it has been sent to the runner. The fence: the relay accepts only the current attempt. */
  readonly attempt: number;
  /** Changes with every new plan; a runner resumes its journal only for the plan it was written for. */
  readonly planId: string | null;
  readonly input: PlainObject;
  readonly sealed: SealedSecrets | null;
  readonly locks: readonly Lock[];
  /** Objects whose fields the operation may write, where its kind may write fields of that type at all. */
  readonly writes: readonly SubjectRef[];
  /** Fields that hold again when it does not succeed. */
  readonly onFailure: readonly FieldUpdate[];
  readonly failure: OperationFailure | null;
  readonly warnings: readonly OperationFailure[];
  readonly cancelRequestedAt: Date | null;
  readonly retryOf: string | null;
  /** Label of the token that asked for it. */
  readonly requestedBy: string;
  readonly createdAt: Date;
  /** Not to be dispatched before this time: the delay of an automatic retry. */
  readonly notBefore: Date | null;
  readonly dispatchedAt: Date | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  /** Until when the runner is trusted to be at work without a sign of life. */
  readonly leaseUntil: Date | null;
  /** Number of the runner's last event that the relay has applied. */
  readonly relayedThrough: number;
  /** Position of the last event that subscribers can replay. */
  readonly lastEvent: number;
}

export interface SubjectRef {
  readonly type: SubjectType;
  readonly id: string;
}

/** A failure, and the task it happened in. */
export interface OperationFailure extends Failure {
  readonly task: string | null;
}

/** Where one task of an operation stands. `UNDONE`: it had succeeded and was taken back. */
export type TaskState = 'PENDING' | 'RUNNING' | TaskStatus | 'UNDONE' | 'UNDO_FAILED' | 'SKIPPED';

export interface OperationTask {
  readonly operationId: string;
  readonly position: number;
  readonly name: string;
  readonly state: TaskState;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** Entries of the replayable history of an operation: what `operationEvents` streams and `log` filters. */
export interface OperationEvent {
  readonly operationId: string;
  /** 1, 2, 3 … without gaps; the cursor of a subscription. */
  readonly position: number;
  readonly type: OperationEventType;
  readonly at: Date;
  /** STATE: the state reached. TASK: the state of the task. LOG: the level. */
  readonly status: string;
  readonly task: string | null;
  readonly message: string | null;
}

export const OPERATION_EVENT_TYPES = ['STATE', 'TASK', 'LOG'] as const;
export type OperationEventType = (typeof OPERATION_EVENT_TYPES)[number];
