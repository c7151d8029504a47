import type { MessagePort } from 'node:worker_threads';
import type { LogEntry, LogLevel, TaskResult } from '../src/operations/domain/task.js';
import type { PlainObject } from '../src/shared/plain.js';

/**
 * The contract between the runner's main thread and a worker thread. Only plain data crosses; a task never throws
 * to the pool: `entry.ts` turns whatever happens into a result.
 */
export interface TaskRequest {
  readonly task: string;
  readonly mode: 'run' | 'undo';
  /** One for an ordinary task, one or more for a batch task (each of another operation). */
  readonly calls: readonly TaskCall[];
  /** Log lines out, cancel in. In the transfer list. */
  readonly port: MessagePort;
}

export interface TaskCall {
  readonly operationId: string;
  readonly input: PlainObject;
  /** Outputs of the tasks of the same operation that have finished, by task name. */
  readonly outputs: { readonly [task: string]: PlainObject };
  /** `undo` mode only: what the run said its undo needs. */
  readonly undo?: PlainObject;
}

/** One result per call, in the same order. */
export interface TaskResponse {
  readonly results: readonly TaskResult[];
}

/**
 * `end` is the last one: the thread goes to sleep as soon as a task has returned, before it could tell that it has
 * closed its port.
 */
export type MessageFromTask =
  | { readonly type: 'log'; readonly call: number; readonly entry: LogEntry }
  | { readonly type: 'end' };
export type MessageToTask = { readonly type: 'cancel' };

/** What a task can do besides computing: say something, notice that it is cancelled, look at earlier outputs. */
export interface TaskContext {
  readonly operationId: string;
  readonly outputs: { readonly [task: string]: PlainObject };
  /** Aborts when the operation is cancelled or out of time. Commands get it; long loops look at it. */
  readonly signal: AbortSignal;
  log(level: LogLevel, message: string): void;
}
