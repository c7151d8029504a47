import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { assertNever } from '../../shared/assert-never.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import type { Drift } from '../domain/drift.js';
import { hasEnded } from '../domain/operation-state.js';
import type { Operation, OperationFailure } from '../domain/operation.js';
import type { ProgressReport } from '../domain/order.js';
import type { RunnerEvent } from '../domain/runner-event.js';
import type { FieldUpdate, TaskStatus } from '../domain/task.js';
import { isDryRun } from './dry-run.js';
import { EndOperation } from './end-operation.js';
import { FieldWriters } from './field-writer.js';
import type { NewOperationEvent, TaskChange } from './operation-store.js';
import { OperationNewsBus } from './operation-news.js';
import { OperationStore } from './operation-store.js';

/** How long a runner may be silent before its work is given to it (or its successor) again. */
export const LEASE_MS = 30_000;
/** Attempts that failures with `retry: LATER` may use up by themselves. */
export const MAX_ATTEMPTS = 4;

/** What became of a report: `STALE` ones are dropped for good, a `GAP` means that an earlier one is still missing. */
export type ProgressOutcome = 'APPLIED' | 'STALE' | 'GAP';

/** Decides whether a kind may write a field; throws what the operation is to fail with when it may not. */
export abstract class FieldPolicy {
  abstract check(operation: Operation, update: FieldUpdate): void;
}

/**
 * Applies a runner's report to an operation in one transaction: state, tasks, history and field updates together.
 * Fenced (only the server and attempt that hold the operation), once only and in order (event numbers), and only for
 * fields that the kind may write.
 */
@Injectable()
export class RecordProgress {
  constructor(
    private readonly store: OperationStore,
    private readonly end: EndOperation,
    private readonly writers: FieldWriters,
    private readonly policy: FieldPolicy,
    private readonly news: OperationNewsBus,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError MESSAGE_REFUSED when a field may not be written, or not with that value; nothing of the report is applied then. */
  async execute(serverId: string, report: ProgressReport): Promise<ProgressOutcome> {
    return this.unitOfWork.run(async () => {
      const operation = await this.store.lock(report.operationId);
      if (!operation || !isCurrent(operation, serverId, report)) {
        return 'STALE';
      }
      const fresh = report.events.filter((event) => event.n > operation.relayedThrough);
      if (fresh.length === 0) {
        return 'APPLIED';
      }
      if (fresh.some((event, index) => event.n !== operation.relayedThrough + 1 + index)) {
        return 'GAP';
      }
      await this.#apply(operation, fresh);
      return 'APPLIED';
    });
  }

  async #apply(operation: Operation, events: readonly RunnerEvent[]): Promise<void> {
    const taskNames = (await this.store.tasks([operation.id])).map((task) => task.name);
    const warnings: OperationFailure[] = [...operation.warnings];
    const history: NewOperationEvent[] = [];
    for (const event of events) {
      await this.#applyOne(operation, event, warnings);
      history.push(...toHistory(event, taskNames));
    }
    for (const [position, change] of taskChanges(events)) {
      await this.store.updateTask(operation.id, position, change);
    }
    const starts = operation.state === 'DISPATCHED';
    if (starts) {
      await this.store.transition(operation.id, 'DISPATCHED', 'RUNNING', {
        startedAt: operation.startedAt ?? this.clock.now(),
      });
    }
    await this.store.update(operation.id, {
      relayedThrough: events.at(-1)!.n,
      warnings,
      leaseUntil: new Date(this.clock.now().getTime() + LEASE_MS),
    });
    await this.store.appendEvents(operation.id, history);
    const last = events.find((event) => event.type === 'finished');
    if (last) {
      await this.#finish({ ...operation, state: 'RUNNING', warnings }, last);
    }
    this.unitOfWork.afterCommit(() => this.news.publish({ operationId: operation.id, ended: false }));
  }

  async #applyOne(operation: Operation, event: RunnerEvent, warnings: OperationFailure[]): Promise<void> {
    switch (event.type) {
      case 'started':
      case 'log':
      case 'task-started':
        return;
      case 'task-finished':
        warnings.push(...event.warnings);
        await this.#recordDrift(operation, event.position, event.drift ?? null);
        return this.#writeFields(operation, event.fields);
      case 'finished':
      case 'task-undone':
        return this.#writeFields(operation, event.fields);
    }
  }

  /** Whoever changes things has nothing to report here. */
  async #recordDrift(operation: Operation, position: number, drift: Drift | null): Promise<void> {
    if (isDryRun(operation)) {
      await this.store.putDrift(operation.id, position, drift);
    } else if (drift !== null) {
      throw new DomainError(
        'MESSAGE_REFUSED',
        `An operation of kind ${operation.kind} reported drift, and is no dry run.`,
      );
    }
  }

  async #writeFields(operation: Operation, updates: readonly FieldUpdate[]): Promise<void> {
    for (const update of updates) {
      this.policy.check(operation, update);
      await this.#writeOne(operation, update);
    }
  }

  async #writeOne({ kind }: Operation, { subject, id, fields }: FieldUpdate): Promise<void> {
    try {
      await this.writers.get(subject).write(id, fields);
    } catch (error) {
      if (error instanceof z.ZodError) {
        throw new DomainError(
          'MESSAGE_REFUSED',
          `An operation of kind ${kind} tried to write values of the wrong shape to ${subject} ${id}: ${z.prettifyError(error)}`,
          { cause: error },
        );
      }
      throw error;
    }
  }

  async #finish(operation: Operation, event: RunnerEvent & { readonly type: 'finished' }): Promise<void> {
    const retry = event.failure?.retry;
    const mayTryAgain = operation.attempt < MAX_ATTEMPTS && operation.cancelRequestedAt === null;
    if (event.state === 'FAILED' && retry?.policy === 'LATER' && mayTryAgain) {
      await this.#tryLater(operation, event.failure!, retry.afterMs);
      return;
    }
    await this.end.execute(operation, event.state, event.failure);
  }

  async #tryLater(operation: Operation, failure: OperationFailure, afterMs: number): Promise<void> {
    const now = this.clock.now();
    const notBefore = new Date(now.getTime() + afterMs);
    await this.store.transition(operation.id, operation.state, 'QUEUED', {
      failure,
      planId: null,
      notBefore,
      leaseUntil: null,
    });
    const message = `${failure.summary} It is tried again at ${notBefore.toISOString()}.`;
    await this.store.appendEvents(operation.id, [
      { type: 'STATE', at: now, status: 'QUEUED', task: failure.task, message },
    ]);
  }
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

function isCurrent(operation: Operation, serverId: string, report: ProgressReport): boolean {
  return (
    operation.serverId === serverId &&
    operation.attempt === report.attempt &&
    operation.state !== 'QUEUED' &&
    !hasEnded(operation.state)
  );
}

function toHistory(event: RunnerEvent, taskNames: readonly string[]): NewOperationEvent[] {
  const at = new Date(event.at);
  const task = (position: number, status: TaskStatus | 'RUNNING' | 'UNDONE' | 'UNDO_FAILED'): NewOperationEvent => ({
    type: 'TASK',
    at,
    status,
    task: taskNames[position] ?? null,
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
