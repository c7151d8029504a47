import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { grouped } from '../../shared/grouped.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { advance, endsHere } from '../domain/advance.js';
import type { Drift } from '../domain/drift.js';
import { fieldSource, type FieldSource } from '../domain/field-source.js';
import { hasEnded } from '../domain/operation-state.js';
import type { Operation } from '../domain/operation.js';
import type { OperationProgress } from '../domain/order.js';
import type { RunnerEvent } from '../domain/runner-event.js';
import type { FieldUpdate } from '../domain/task.js';
import { isDryRun } from './dry-run.js';
import { FieldWriters } from './field-writer.js';
import { OperationNewsBus } from './operation-news.js';
import { OperationStore } from './operation-store.js';

/** What became of a report: `STALE` ones are dropped for good, a `GAP` means that an earlier one is still missing. */
export type ProgressOutcome = 'APPLIED' | 'STALE' | 'GAP';

/** Decides whether a kind may write a field; throws what the operation is to fail with when it may not. */
export abstract class FieldPolicy {
  abstract check(operation: Operation, update: FieldUpdate): void;
}

interface Accepted {
  readonly operation: Operation;
  /** Those that were not applied before; at least one. */
  readonly events: readonly RunnerEvent[];
}

/**
 * Applies a runner's report to its operations in one transaction: state, tasks, history and field updates together.
 * Fenced (only the server and attempt that hold the operation), once only and in order (event numbers), and only for
 * fields that the kind may write.
 */
@Injectable()
export class RecordProgress {
  constructor(
    private readonly store: OperationStore,
    private readonly writers: FieldWriters,
    private readonly policy: FieldPolicy,
    private readonly news: OperationNewsBus,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * @returns the outcome of each. @throws DomainError MESSAGE_REFUSED when a field may not be written, or not with that
   * value; nothing of the whole report is applied then.
   */
  async execute(serverId: string, report: readonly OperationProgress[]): Promise<readonly ProgressOutcome[]> {
    return this.unitOfWork.run(async () => {
      const locked = await this.store.lockMany(report.map(({ operationId }) => operationId));
      const operations = new Map(locked.map((operation) => [operation.id, operation]));
      const verdicts = report.map((progress) => judge(operations.get(progress.operationId), serverId, progress));
      await this.#apply(verdicts.filter((verdict) => typeof verdict !== 'string'));
      return verdicts.map((verdict) => (typeof verdict === 'string' ? verdict : 'APPLIED'));
    });
  }

  async #apply(accepted: readonly Accepted[]): Promise<void> {
    if (accepted.length === 0) {
      return;
    }
    const now = this.clock.now();
    const tasks = grouped(
      await this.store.tasks(accepted.map(({ operation }) => operation.id)),
      ({ operationId }) => operationId,
    );
    const advances = accepted.map(({ operation, events }) =>
      advance(operation, events, tasks.get(operation.id) ?? [], now),
    );
    for (const { operation, events } of accepted) {
      for (const event of events) {
        if ('fields' in event) {
          await this.#writeFields(event.fields, fieldSource(operation, event, now));
        }
        if (event.type === 'task-finished') {
          await this.#recordDrift(operation, event.position, event.drift ?? null);
        }
      }
    }
    await this.store.advance(advances);
    this.unitOfWork.afterCommit(() => {
      for (const one of advances) {
        this.news.publish({ operationId: one.operation.id, ended: endsHere(one) });
      }
    });
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

  async #writeFields(updates: readonly FieldUpdate[], source: FieldSource): Promise<void> {
    for (const update of updates) {
      this.policy.check(source.operation, update);
      await this.#writeOne(update, source);
    }
  }

  async #writeOne({ subject, id, fields }: FieldUpdate, source: FieldSource): Promise<void> {
    const { kind } = source.operation;
    try {
      await this.writers.get(subject).write(id, fields, source);
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
}

function judge(
  operation: Operation | undefined,
  serverId: string,
  progress: OperationProgress,
): Accepted | ProgressOutcome {
  if (!operation || !isCurrent(operation, serverId, progress)) {
    return 'STALE';
  }
  const events = progress.events.filter((event) => event.n > operation.relayedThrough);
  if (events.length === 0) {
    return 'APPLIED';
  }
  const inOrder = events.every((event, index) => event.n === operation.relayedThrough + 1 + index);
  return inOrder ? { operation, events } : 'GAP';
}

function isCurrent(operation: Operation, serverId: string, { attempt }: OperationProgress): boolean {
  return (
    operation.serverId === serverId &&
    operation.attempt === attempt &&
    operation.state !== 'QUEUED' &&
    !hasEnded(operation.state)
  );
}
