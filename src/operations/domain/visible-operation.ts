import { canSeeClient, type Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Operation } from './operation.js';

/** The operation, if it is there and the actor may see it; the two refusals look the same from outside. */
export function visibleOperation(operation: Operation | null, id: string, actor: Actor): Operation {
  if (!operation || !canSeeClient(actor, operation.clientId)) {
    throw new DomainError('OPERATION_NOT_FOUND', `There is no operation ${id}.`);
  }
  return operation;
}
