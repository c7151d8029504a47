import type { LogLevel, PlannedTask, TaskResult } from '../operations/domain/task.js';
import type { PlainObject } from '../shared/plain.js';

export type SealedByName = { readonly [name: string]: string };

export interface TaskCallContext {
  readonly operationId: string;
  readonly outputs: { readonly [task: string]: PlainObject };
  /** Secrets of the operation, still sealed. */
  readonly sealed?: SealedByName;
  readonly signal: AbortSignal;
  log(level: LogLevel, message: string): void;
}

/** Runs one task of one operation somewhere. Never throws for what happens in the task: that is in the result. */
export interface TaskRunner {
  run(task: PlannedTask, context: TaskCallContext): Promise<TaskResult>;
  undo(task: PlannedTask, undo: PlainObject, context: TaskCallContext): Promise<TaskResult>;
}
