import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { isAllowed, type Permission } from './permissions.js';

/** @throws DomainError UNAUTHENTICATED, FORBIDDEN with details.permission */
export function authorise(actor: Actor | null, permission: Permission | undefined): asserts actor is Actor {
  if (actor === null) {
    throw unauthenticated();
  }
  if (permission === undefined) {
    throw new DomainError('FORBIDDEN', 'Nobody may do this: no permission is declared for it.', {
      hint: 'Report it: a resolver lacks its declaration.',
    });
  }
  if (!isAllowed(actor, permission)) {
    throw new DomainError(
      'FORBIDDEN',
      `The token "${actor.label}" (${actor.role}) lacks the permission ${permission}.`,
      {
        details: { permission },
      },
    );
  }
}

export function unauthenticated(): DomainError {
  return new DomainError('UNAUTHENTICATED', 'This needs a valid token, and none came with the request.');
}
