import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import type { EndState } from '../domain/operation-state.js';
import type { Operation, OperationFailure } from '../domain/operation.js';
import { OperationNewsBus } from './operation-news.js';
import { OperationStore } from './operation-store.js';

/**
 * Brings an operation to an end state: the only place that releases its locks. Runs inside a unit of work in which
 * the operation's row is locked; the news goes out after the commit.
 */
@Injectable()
export class EndOperation {
  constructor(
    private readonly store: OperationStore,
    private readonly news: OperationNewsBus,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute(operation: Operation, state: EndState, failure: OperationFailure | null): Promise<void> {
    const now = this.clock.now();
    const ended = await this.store.transition(operation.id, operation.state, state, {
      failure,
      finishedAt: now,
      leaseUntil: null,
      notBefore: null,
    });
    if (!ended) {
      return;
    }
    await this.store.skipOpenTasks(operation.id);
    await this.store.appendEvents(operation.id, [
      { type: 'STATE', at: now, status: state, task: failure?.task ?? null, message: failure?.summary ?? null },
    ]);
    await this.store.releaseLocks(operation.id);
    this.unitOfWork.afterCommit(() => this.news.publish({ operationId: operation.id, ended: true }));
  }
}
