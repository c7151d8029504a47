import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { NEVER } from '../../shared/failure.js';
import { parseId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { hasEnded } from '../domain/operation-state.js';
import type { Operation } from '../domain/operation.js';
import { EndOperation } from './end-operation.js';
import { visibleOperation } from '../domain/visible-operation.js';
import { OperationStore } from './operation-store.js';
import { OrderSender } from './order-sender.js';

/**
 * Cancels: at once before anything was done; after that by asking the runner, which stops between or inside tasks,
 * undoes what was done and reports CANCELLED. One that is queued again because its runner was lost has a plan, and
 * perhaps half of it done: it has to reach a runner to be undone. Asking twice is asking once.
 */
@Injectable()
export class CancelOperation {
  constructor(
    private readonly store: OperationStore,
    private readonly end: EndOperation,
    private readonly sender: OrderSender,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError ID_INVALID, OPERATION_NOT_FOUND, OPERATION_ALREADY_ENDED */
  async execute(operationId: string, actor: Actor): Promise<Operation> {
    const id = parseId(operationId);
    return this.unitOfWork.run(async () => {
      const operation = visibleOperation(await this.store.lock(id), id, actor);
      if (hasEnded(operation.state)) {
        throw new DomainError('OPERATION_ALREADY_ENDED', `Operation ${id} has ended already: ${operation.state}.`);
      }
      if (operation.state === 'QUEUED' && operation.planId === null) {
        await this.#cancelNow(operation, actor);
      } else {
        await this.store.update(id, { cancelRequestedAt: operation.cancelRequestedAt ?? this.clock.now() });
        this.unitOfWork.afterCommit(() =>
          this.sender.send(operation.serverId, { type: 'cancel', operationId: operation.id }),
        );
      }
      return (await this.store.find(id))!;
    });
  }

  async #cancelNow(operation: Operation, actor: Actor): Promise<void> {
    await this.store.update(operation.id, { cancelRequestedAt: this.clock.now() });
    await this.end.execute(operation, 'CANCELLED', {
      code: 'OPERATION_CANCELLED',
      summary: `Cancelled by ${actor.label} before it started.`,
      hint: 'Nothing was changed.',
      retry: NEVER,
      task: null,
    });
  }
}
