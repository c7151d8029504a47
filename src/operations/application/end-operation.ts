import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { ending, openTasks } from '../domain/advance.js';
import type { EndState } from '../domain/operation-state.js';
import type { Operation, OperationFailure } from '../domain/operation.js';
import { OperationNewsBus } from './operation-news.js';
import { OperationStore } from './operation-store.js';

/**
 * Brings an operation to an end state where its runner has no say. Runs inside a unit of work in which the operation's
 * row is locked; the news goes out after the commit.
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
    const open = openTasks(await this.store.tasks([operation.id]));
    await this.store.advance([ending(operation, state, failure, open, this.clock.now())]);
    this.unitOfWork.afterCommit(() => this.news.publish({ operationId: operation.id, ended: true }));
  }
}
