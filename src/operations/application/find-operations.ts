import { Injectable } from '@nestjs/common';
import { canSeeClient, tenantFilter, type Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import type { Page } from '../../shared/page.js';
import type { Operation } from '../domain/operation.js';
import { OperationStore, type OperationFilter } from './operation-store.js';

/** Operations that the actor may see: those on its own subjects. */
@Injectable()
export class FindOperations {
  constructor(private readonly operations: OperationStore) {}

  /** Null when there is none or it may not be seen. @throws DomainError ID_INVALID */
  async one(id: string, actor: Actor): Promise<Operation | null> {
    const operation = await this.operations.find(parseId(id));
    return operation && canSeeClient(actor, operation.clientId) ? operation : null;
  }

  /** @throws DomainError ID_INVALID, OPERATION_NOT_FOUND */
  async must(id: string, actor: Actor): Promise<Operation> {
    const operation = await this.one(id, actor);
    if (!operation) {
      throw new DomainError('OPERATION_NOT_FOUND', `There is no operation ${id}.`);
    }
    return operation;
  }

  /** Those of them that the actor may see. */
  visible(operations: readonly Operation[], actor: Actor): readonly Operation[] {
    return operations.filter((operation) => canSeeClient(actor, operation.clientId));
  }

  page(filter: OperationFilter, page: Page, actor: Actor): Promise<readonly Operation[]> {
    return this.operations.list({ ...filter, ...tenantFilter(actor, filter.clientId) }, page);
  }

  count(filter: OperationFilter, actor: Actor): Promise<number> {
    return this.operations.count({ ...filter, ...tenantFilter(actor, filter.clientId) });
  }
}
