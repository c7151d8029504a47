import type { Drift } from './drift.js';
import type { EndState } from './operation-state.js';
import type { OperationFailure } from './operation.js';
import type { FieldUpdate, LogLevel, TaskStatus } from './task.js';

/**
 * What a runner reports, numbered 1, 2, 3 … per operation. The number makes sending idempotent: the relay applies
 * each number once and in order, however often and in whatever portions they arrive.
 */
export type RunnerEvent = { readonly n: number; readonly at: string } & RunnerEventBody;

export type RunnerEventBody =
  | { readonly type: 'started' }
  | { readonly type: 'log'; readonly task: string | null; readonly level: LogLevel; readonly message: string }
  | { readonly type: 'task-started'; readonly position: number }
  | {
      readonly type: 'task-finished';
      readonly position: number;
      readonly status: TaskStatus;
      readonly fields: readonly FieldUpdate[];
      readonly warnings: readonly OperationFailure[];
      /** Of a dry run. */
      readonly drift?: Drift;
    }
  | {
      readonly type: 'task-undone';
      readonly position: number;
      readonly undone: boolean;
      readonly fields: readonly FieldUpdate[];
    }
  | {
      readonly type: 'finished';
      readonly state: EndState;
      readonly failure: OperationFailure | null;
      /** What holds now that all was undone; none after success. */
      readonly fields: readonly FieldUpdate[];
    };
