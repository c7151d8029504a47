import type { Failure } from '../../shared/failure.js';
import type { PlainObject, PlainValue } from '../../shared/plain.js';
import type { Drift } from './drift.js';

/** Kinds of things that operations work on and that field updates are addressed to. */
export type SubjectType = 'server' | 'platform' | 'site' | 'certificate';

/** New values for some fields of one object. The relay writes them only where the operation's kind may. */
export interface FieldUpdate {
  readonly subject: SubjectType;
  readonly id: string;
  readonly fields: { readonly [field: string]: PlainValue };
}

/** One step of a plan: plain data, so that it can be stored, sealed, sent, resumed and shown. */
export interface PlannedTask {
  /** Name of the worker module that runs it, such as `http.apply`. */
  readonly name: string;
  readonly input: PlainObject;
  /** Set for a batch task: the runner joins waiting tasks of the same name and key, of whatever operation, into one. */
  readonly batchKey?: string;
  /** Its failure is a warning of the operation: the other tasks go on, and nothing is undone for it. */
  readonly tolerated?: boolean;
  /** What holds once this task has succeeded. Sent through the relay with the task's own fields. */
  readonly sets?: readonly FieldUpdate[];
}

/** `SUCCESS` changed something, `NOTHING_TO_DO` found it as it should be; both are success. */
export type TaskStatus = 'SUCCESS' | 'NOTHING_TO_DO' | 'ERROR';

export interface TaskSuccess {
  readonly status: 'SUCCESS' | 'NOTHING_TO_DO';
  /** For later tasks of the same operation; kept in the journal, so never a secret. */
  readonly output?: PlainObject;
  readonly fields?: readonly FieldUpdate[];
  readonly warnings?: readonly Failure[];
  /** Of a dry run: what differs from what should be. Absent: nothing does. */
  readonly drift?: Drift;
  /** What the task's `undo` needs; kept in the journal, so never a secret. Absent: nothing to undo. */
  readonly undo?: PlainObject;
}

export interface TaskError {
  readonly status: 'ERROR';
  readonly failure: Failure;
  /** What it found out before it failed, and holds nevertheless. */
  readonly fields?: readonly FieldUpdate[];
}

export type TaskResult = TaskSuccess | TaskError;

export type LogLevel = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

export interface LogEntry {
  readonly level: LogLevel;
  readonly message: string;
  /** ISO 8601, UTC, milliseconds. */
  readonly at: string;
}

/**
 * Stands in a task's input for a value that an earlier task of the same plan finds out, such as the SPKI of the key it
 * makes. The runner puts the value in its place before the task runs; `otherwise`, when it is given, where that task says nothing of it.
 */
export function outputOf(task: string, field: string, otherwise?: PlainValue): string {
  const fallback = otherwise === undefined ? '' : `#${JSON.stringify(otherwise)}`;
  return `${OUTPUT_REFERENCE}${task}#${field}${fallback}`;
}

export const OUTPUT_REFERENCE = 'hler-output:';
