import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { canBeRetried } from '../domain/operation-state.js';
import type { Operation } from '../domain/operation.js';
import { isWiped } from '../domain/sealed-secrets.js';
import { visibleOperation } from '../domain/visible-operation.js';
import { OperationStore } from './operation-store.js';
import { RequestOperation } from './request-operation.js';

/** Does the work of a failed, timed-out or cancelled operation again, as a new operation that names the old one. */
@Injectable()
export class RetryOperation {
  constructor(
    private readonly store: OperationStore,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError ID_INVALID, OPERATION_NOT_FOUND, OPERATION_NOT_RETRYABLE */
  async execute(operationId: string, actor: Actor): Promise<Operation> {
    const id = parseId(operationId);
    return this.unitOfWork.run(async () => {
      const operation = visibleOperation(await this.store.lock(id), id, actor);
      if (!canBeRetried(operation.state)) {
        throw new DomainError(
          'OPERATION_NOT_RETRYABLE',
          `Operation ${id} is ${operation.state}; only one that failed, timed out or was cancelled can be retried.`,
        );
      }
      if (isWiped(operation.sealed)) {
        throw new DomainError(
          'OPERATION_NOT_RETRYABLE',
          `Operation ${id} came with a secret that was wiped when it ended; call the mutation again, with the secret.`,
        );
      }
      return this.request.execute(
        {
          kind: operation.kind,
          subject: { type: operation.subjectType, id: operation.subjectId, label: operation.subjectLabel },
          clientId: operation.clientId,
          serverId: operation.serverId,
          locks: operation.locks,
          input: operation.input,
          retryOf: operation.id,
        },
        actor,
      );
    });
  }
}
