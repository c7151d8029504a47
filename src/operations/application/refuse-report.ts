import { Injectable, Logger } from '@nestjs/common';
import { type DomainError, toFailure } from '../../shared/domain-error.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { hasEnded } from '../domain/operation-state.js';
import { EndOperation } from './end-operation.js';
import { OperationStore } from './operation-store.js';

/**
 * A runner tried to write what its operation may not: nothing of the report was applied, and the operation fails
 * loudly, because either the code is wrong or the runner is no longer ours.
 */
@Injectable()
export class RefuseReport {
  readonly #logger = new Logger('Relay');

  constructor(
    private readonly store: OperationStore,
    private readonly end: EndOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async execute(serverId: string, operationId: string, reason: DomainError): Promise<void> {
    this.#logger.error(`Server ${serverId}, operation ${operationId}: ${reason.message}`);
    await this.unitOfWork.run(async () => {
      const operation = await this.store.lock(operationId);
      if (operation && operation.serverId === serverId && !hasEnded(operation.state)) {
        const failure = { ...toFailure(reason), task: null };
        await this.end.execute(operation, 'FAILED', failure);
      }
    });
  }
}
