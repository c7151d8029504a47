import type { Page } from '../../shared/page.js';
import type { Advance, OperationChange } from '../domain/advance.js';
import type { Lock } from '../domain/lock.js';
import type { Drift } from '../domain/drift.js';
import type { OperationState } from '../domain/operation-state.js';
import type { Operation, OperationEvent, OperationTask } from '../domain/operation.js';
import type { PlannedTask, SubjectType } from '../domain/task.js';

/** `lastEvent` is of no matter: its history begins with being QUEUED. */
export type NewOperation = Omit<Operation, 'seq' | 'lastEvent'>;

export interface OperationFilter {
  readonly kind?: string;
  readonly clientId?: string;
  readonly subjectType?: SubjectType;
  readonly subjectId?: string;
  readonly state?: OperationState;
}

/** Where operations live. Every method joins the unit of work around it. */
export abstract class OperationStore {
  abstract insert(operation: NewOperation): Promise<Operation>;
  abstract find(id: string): Promise<Operation | null>;
  abstract findMany(ids: readonly string[]): Promise<readonly Operation[]>;
  abstract list(filter: OperationFilter, page: Page): Promise<readonly Operation[]>;
  abstract count(filter: OperationFilter): Promise<number>;
  /** The newest operation of each subject. */
  abstract newestOf(type: SubjectType, subjectIds: readonly string[]): Promise<ReadonlyMap<string, Operation>>;
  /** The operation, its row locked until the unit of work ends. */
  abstract lock(id: string): Promise<Operation | null>;
  /** The same for many at a time, in a fixed order; those that there are. */
  abstract lockMany(ids: readonly string[]): Promise<readonly Operation[]>;

  /**
   * Writes these steps: states, fields, tasks, history; what has ended lets go of its locks. Each operation must have been
   * locked in this unit of work, and is there once. @throws Error for a change of state that TRANSITIONS does not have, and when
   * one of them is not in the state any more in which it was locked (compare-and-set): nothing is written then.
   */
  abstract advance(advances: readonly Advance[]): Promise<void>;
  abstract update(id: string, change: OperationChange): Promise<void>;

  /** Locks the rows of the subjects in a fixed order, each in its mode, until the unit of work ends. */
  abstract lockSubjects(locks: readonly Lock[]): Promise<void>;
  /** Operations in the way of this one, the oldest first. */
  abstract blockers(operation: Operation, limit: number): Promise<readonly Operation[]>;
  /** The same for many at a time, up to `limit` each; those with nobody in the way are left out. */
  abstract blockersOf(ids: readonly string[], limit: number): Promise<ReadonlyMap<string, readonly Operation[]>>;
  abstract countBlockers(operation: Operation): Promise<number>;
  /** The same for many at a time; those with nobody in the way are left out. */
  abstract countBlockersOf(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Queued operations that wait for a subject of this (ended) operation, in line order. */
  abstract waitingFor(operation: Operation, limit: number): Promise<readonly string[]>;

  /** Its tasks from now on, in this order; those of an earlier plan are gone. */
  abstract replaceTasks(operation: Operation, tasks: readonly PlannedTask[]): Promise<void>;
  abstract tasks(ids: readonly string[]): Promise<readonly OperationTask[]>;
  abstract plannedTasks(id: string): Promise<readonly PlannedTask[]>;
  /** What a task of a dry run found, instead of what it had found in an attempt before; null: nothing. */
  abstract putDrift(id: string, position: number, drift: Drift | null): Promise<void>;
  /** The reports of all tasks, in order; those with none are left out. */
  abstract driftsOf(ids: readonly string[]): Promise<ReadonlyMap<string, readonly Drift[]>>;

  abstract events(id: string, after: number, limit: number): Promise<readonly OperationEvent[]>;

  /** Of each operation the first `limit` log lines after a position; those with none are left out. */
  abstract logLines(
    ids: readonly string[],
    after: number,
    limit: number,
  ): Promise<ReadonlyMap<string, readonly OperationEvent[]>>;

  /** Queued, due, with nobody in the way; oldest first. */
  abstract due(now: Date, limit: number): Promise<readonly string[]>;
  /** Dispatched before `before` and not heard of since. */
  abstract unheard(before: Date, limit: number): Promise<readonly Operation[]>;
  /** Running (or accepted) with a lease that ended before `now`. */
  abstract leaseExpired(now: Date, limit: number): Promise<readonly string[]>;
  /** Asked to be cancelled before `before` and still going. */
  abstract cancelPending(before: Date, limit: number): Promise<readonly Operation[]>;
  abstract extendLeases(
    serverId: string,
    operations: readonly { readonly id: string; readonly attempt: number }[],
    until: Date,
  ): Promise<void>;
}
