import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { JsonScalar, NodeInterface, Paginated, enumOf } from '../../graphql/index.js';
import type { ErrorCode } from '../../shared/error-catalogue.js';
import type { Failure } from '../../shared/failure.js';
import type { PlainObject } from '../../shared/plain.js';
import { OPERATION_STATES, type OperationState } from '../domain/operation-state.js';
import { OPERATION_EVENT_TYPES, type OperationEventType, type TaskState } from '../domain/operation.js';
import type { LogLevel, SubjectType } from '../domain/task.js';

const SUBJECT_TYPES = ['server', 'platform', 'site', 'certificate'] as const;
const TASK_STATES = [
  'PENDING',
  'RUNNING',
  'SUCCESS',
  'NOTHING_TO_DO',
  'ERROR',
  'UNDONE',
  'UNDO_FAILED',
  'SKIPPED',
] as const;
const LOG_LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const;

export const OperationStateEnum = enumOf(OPERATION_STATES);
registerEnumType(OperationStateEnum, {
  name: 'OperationState',
  valuesMap: {
    QUEUED: { description: 'Waits for its turn: see blockedBy. Ægir task_status: 0.' },
    DISPATCHED: { description: 'Sent to the runner of its server. Ægir: 0.' },
    RUNNING: { description: 'At work. Ægir: -1.' },
    SUCCEEDED: { description: 'Ægir: 1.' },
    SUCCEEDED_WITH_WARNINGS: { description: 'Ægir: 3.' },
    FAILED: { description: 'Ended with an error; what had been done was undone. Ægir: 2.' },
    CANCELLED: { description: 'Stopped on request and undone. Ægir: 3.' },
    TIMED_OUT: { description: 'Ran longer than its kind allows, or its runner was lost too often. Ægir: 2.' },
  },
});

export const TaskStateEnum = enumOf(TASK_STATES);
registerEnumType(TaskStateEnum, {
  name: 'TaskState',
  valuesMap: {
    NOTHING_TO_DO: { description: 'A success: everything was as it should be, and nothing was touched.' },
    UNDONE: { description: 'Had succeeded and was taken back, because something after it failed.' },
    SKIPPED: { description: 'The operation ended before its turn.' },
  },
});

export const LogLevelEnum = enumOf(LOG_LEVELS);
registerEnumType(LogLevelEnum, { name: 'LogLevel' });

export const OperationEventTypeEnum = enumOf(OPERATION_EVENT_TYPES);
registerEnumType(OperationEventTypeEnum, {
  name: 'OperationEventType',
  valuesMap: {
    STATE: { description: 'The operation reached the state in `status`.' },
    TASK: { description: 'The task in `task` reached the state in `status`.' },
    LOG: { description: 'A log line of the level in `status`.' },
  },
});

@ObjectType('Failure', { description: 'What went wrong, as data: match on code.' })
export class FailureType {
  @Field(() => String, { description: 'Stable; listed in docs/errors.md.' })
  readonly code: ErrorCode;

  @Field(() => String, { description: 'What went wrong, with which object.' })
  readonly summary: string;

  @Field(() => String, { description: 'What to do next.' })
  readonly hint: string;

  @Field(() => String, { nullable: true, description: 'The task it happened in.' })
  readonly task: string | null;

  @Field(() => Boolean, { description: 'Whether the same may succeed later without anybody mending anything.' })
  readonly retryable: boolean;

  @Field(() => JsonScalar, { nullable: true })
  readonly details?: PlainObject;

  readonly retry: Failure['retry'];
}

@ObjectType('OperationTask', { description: 'One part of an operation.' })
export class OperationTaskType {
  @Field(() => Int)
  readonly position: number;

  @Field(() => String, { description: 'Such as http.apply.' })
  readonly name: string;

  @Field(() => TaskStateEnum)
  readonly state: TaskState;

  @Field(() => Date, { nullable: true })
  readonly startedAt: Date | null;

  @Field(() => Date, { nullable: true })
  readonly finishedAt: Date | null;
}

@ObjectType('LogLine')
export class LogLineType {
  @Field(() => Int, { description: 'Cursor: pass the last one as `after` to go on.' })
  readonly position: number;

  @Field(() => Date)
  readonly at: Date;

  @Field(() => LogLevelEnum)
  readonly level: LogLevel;

  @Field(() => String, { nullable: true })
  readonly task: string | null;

  @Field(() => String)
  readonly message: string;
}

@ObjectType('OperationEvent', { description: 'One step in the history of an operation.' })
export class OperationEventObject {
  @Field(() => Int, { description: '1, 2, 3 … without gaps. Cursor: pass the last one seen as `after` to go on.' })
  readonly position: number;

  @Field(() => OperationEventTypeEnum)
  readonly type: OperationEventType;

  @Field(() => Date)
  readonly at: Date;

  @Field(() => String, { description: 'An OperationState, TaskState or LogLevel, according to type.' })
  readonly status: string;

  @Field(() => String, { nullable: true })
  readonly task: string | null;

  @Field(() => String, { nullable: true })
  readonly message: string | null;

  readonly operationId: string;
}

@ObjectType('Operation', {
  implements: () => [NodeInterface],
  description: 'The durable record of one piece of work (Ægir: task).',
})
export class OperationType {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String, { description: '<subject>.<verb>, such as site.verify (Ægir: task_type).' })
  readonly kind: string;

  @Field(() => String, { description: `What it works on: ${SUBJECT_TYPES.join(', ')}.` })
  readonly subjectType: SubjectType;

  @Field(() => ID)
  readonly subjectId: string;

  @Field(() => String, { description: 'The subject as people know it, such as its hostname.' })
  readonly subjectLabel: string;

  @Field(() => OperationStateEnum)
  readonly state: OperationState;

  @Field(() => Int, { description: 'How often it was sent to its runner.' })
  readonly attempt: number;

  @Field(() => ID, { nullable: true, description: 'The operation that this one retries.' })
  readonly retryOf: string | null;

  @Field(() => String, { description: 'Label of the token that asked for it.' })
  readonly requestedBy: string;

  @Field(() => Date)
  readonly createdAt: Date;

  @Field(() => Date, { nullable: true, description: 'When a failed attempt is tried again by itself.' })
  readonly notBefore: Date | null;

  @Field(() => Date, { nullable: true })
  readonly startedAt: Date | null;

  @Field(() => Date, { nullable: true })
  readonly finishedAt: Date | null;

  @Field(() => Date, { nullable: true })
  readonly cancelRequestedAt: Date | null;
}

@ObjectType()
export class OperationConnection extends Paginated(OperationType) {}
