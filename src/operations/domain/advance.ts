import { assertNever } from '../../shared/assert-never.js';
import { hasEnded, type EndState, type OperationState } from './operation-state.js';
import type { Operation, OperationEvent, OperationFailure, OperationTask } from './operation.js';
import type { RunnerEvent } from './runner-event.js';
import { wiped } from './sealed-secrets.js';
import type { TaskStatus } from './task.js';

/** How long a runner may be silent before its work is given to it (or its successor) again. */
export const LEASE_MS = 30_000;
/** Attempts that failures with `retry: LATER` may use up by themselves. */
export const MAX_ATTEMPTS = 4;

export type OperationChange = Partial<
  Pick<
    Operation,
    | 'attempt'
    | 'planId'
    | 'writes'
    | 'onFailure'
    | 'failure'
    | 'warnings'
    | 'cancelRequestedAt'
    | 'notBefore'
    | 'dispatchedAt'
    | 'startedAt'
    | 'finishedAt'
    | 'leaseUntil'
    | 'relayedThrough'
    | 'sealed'
  >
>;

export type TaskChange = Partial<Pick<OperationTask, 'state' | 'startedAt' | 'finishedAt'>>;

export type NewOperationEvent = Omit<OperationEvent, 'operationId' | 'position'>;

/**
 * In the input of an operation whose failures somebody else answers, in time and measure of its own (a schedule): `true` for all of
 * them, or the codes of some.
 */
export const RETRIED_BY_SCHEDULE = 'retriedBySchedule';

type Finished = RunnerEvent & { readonly type: 'finished' };

/** One step of an operation: from the row as it was locked to what is written of it, all at once. */
export interface Advance {
  readonly operation: Operation;
  readonly state: OperationState;
  readonly change: OperationChange;
  /** By position. */
  readonly tasks: ReadonlyMap<number, TaskChange>;
  readonly history: readonly NewOperationEvent[];
}

/** What the next events of its runner make of an operation. Pure. */
export function advance(
  operation: Operation,
  events: readonly RunnerEvent[],
  tasks: readonly OperationTask[],
  now: Date,
): Advance {
  const names = new Map(tasks.map(({ position, name }) => [position, name]));
  const warnings = events.flatMap((event) => (event.type === 'task-finished' ? event.warnings : []));
  const running: Advance = {
    operation,
    state: 'RUNNING',
    change: {
      startedAt: operation.startedAt ?? now,
      relayedThrough: events.at(-1)!.n,
      leaseUntil: new Date(now.getTime() + LEASE_MS),
      ...(warnings.length > 0 ? { warnings: [...operation.warnings, ...warnings] } : {}),
    },
    tasks: taskChanges(events),
    history: events.flatMap((event) => toHistory(event, names)),
  };
  const last = events.find((event) => event.type === 'finished');
  return last ? and(running, afterwards(operation, last, tasks, running.tasks, now)) : running;
}

/** The end of an operation: tasks that never came to an end are skipped. Pure. */
export function ending(
  operation: Operation,
  state: EndState,
  failure: OperationFailure | null,
  openTasks: readonly number[],
  now: Date,
): Advance {
  return {
    operation,
    state,
    change: {
      failure,
      finishedAt: now,
      leaseUntil: null,
      notBefore: null,
      ...(operation.sealed && { sealed: wiped(operation.sealed) }),
    },
    tasks: new Map(openTasks.map((position) => [position, { state: 'SKIPPED' }])),
    history: [
      { type: 'STATE', at: now, status: state, task: failure?.task ?? null, message: failure?.summary ?? null },
    ],
  };
}

/** Positions of the tasks that are PENDING or RUNNING once `changes` are made. */
export function openTasks(
  tasks: readonly OperationTask[],
  changes: ReadonlyMap<number, TaskChange> = new Map(),
): readonly number[] {
  return tasks
    .filter(({ position, state }) => OPEN.has(changes.get(position)?.state ?? state))
    .map(({ position }) => position);
}

export const endsHere = ({ state }: Advance): boolean => hasEnded(state);

const OPEN: ReadonlySet<string> = new Set(['PENDING', 'RUNNING']);

/** When an operation that ends like this is tried again by itself; null: it is not. */
export function retryAt(operation: Operation, { state, failure }: Finished, now: Date): Date | null {
  const retry = failure?.retry;
  const others = operation.input[RETRIED_BY_SCHEDULE];
  const isOurs = others !== true && !(Array.isArray(others) && others.includes(failure?.code));
  const mayTryAgain = isOurs && operation.attempt < MAX_ATTEMPTS && operation.cancelRequestedAt === null;
  return state === 'FAILED' && retry?.policy === 'LATER' && mayTryAgain
    ? new Date(now.getTime() + retry.afterMs)
    : null;
}

function afterwards(
  operation: Operation,
  finished: Finished,
  tasks: readonly OperationTask[],
  changes: ReadonlyMap<number, TaskChange>,
  now: Date,
): Advance {
  const { state, failure } = finished;
  const notBefore = retryAt(operation, finished, now);
  return notBefore === null
    ? ending(operation, state, failure, openTasks(tasks, changes), now)
    : later(operation, failure!, notBefore, now);
}

function later(operation: Operation, failure: OperationFailure, notBefore: Date, now: Date): Advance {
  const message = `${failure.summary} It is tried again at ${notBefore.toISOString()}.`;
  return {
    operation,
    state: 'QUEUED',
    change: { failure, planId: null, notBefore, leaseUntil: null },
    tasks: new Map(),
    history: [{ type: 'STATE', at: now, status: 'QUEUED', task: failure.task, message }],
  };
}

/** Both steps in one: `second` follows `first`. */
function and(first: Advance, second: Advance): Advance {
  return {
    ...second,
    change: { ...first.change, ...second.change },
    tasks: new Map([...first.tasks, ...second.tasks]),
    history: [...first.history, ...second.history],
  };
}

/** What the events of one report make of each task, by position: a task that began and ended is written once. */
function taskChanges(events: readonly RunnerEvent[]): ReadonlyMap<number, TaskChange> {
  const changes = new Map<number, TaskChange>();
  for (const event of events) {
    const change = taskChange(event);
    if (change) {
      changes.set(change.position, { ...changes.get(change.position), ...change.change });
    }
  }
  return changes;
}

function taskChange(event: RunnerEvent): { readonly position: number; readonly change: TaskChange } | null {
  const at = new Date(event.at);
  if (event.type === 'task-started') {
    return { position: event.position, change: { state: 'RUNNING', startedAt: at } };
  }
  if (event.type === 'task-finished') {
    return { position: event.position, change: { state: event.status, finishedAt: at } };
  }
  if (event.type === 'task-undone') {
    return { position: event.position, change: { state: event.undone ? 'UNDONE' : 'UNDO_FAILED', finishedAt: at } };
  }
  return null;
}

function toHistory(event: RunnerEvent, names: ReadonlyMap<number, string>): NewOperationEvent[] {
  const at = new Date(event.at);
  const task = (position: number, status: TaskStatus | 'RUNNING' | 'UNDONE' | 'UNDO_FAILED'): NewOperationEvent => ({
    type: 'TASK',
    at,
    status,
    task: names.get(position) ?? null,
    message: null,
  });
  switch (event.type) {
    case 'started':
      return [{ type: 'STATE', at, status: 'RUNNING', task: null, message: null }];
    case 'log':
      return [{ type: 'LOG', at, status: event.level, task: event.task, message: event.message }];
    case 'task-started':
      return [task(event.position, 'RUNNING')];
    case 'task-finished':
      return [task(event.position, event.status)];
    case 'task-undone':
      return [task(event.position, event.undone ? 'UNDONE' : 'UNDO_FAILED')];
    case 'finished':
      return [];
    default:
      return assertNever(event);
  }
}
