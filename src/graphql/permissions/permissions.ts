import type { Actor, Role } from '../../shared/actor.js';

const OPERATOR_ONLY = ['OPERATOR'] as const;
const EVERY_ROLE = ['OPERATOR', 'CLIENT'] as const;

/**
 * Every permission there is, and the roles that have it. A permission says which verb may be used at all; which
 * objects it may be used on (`canSeeClient`) is decided by the use case.
 */
export const PERMISSIONS = {
  'server:register': OPERATOR_ONLY,
  'server:read': OPERATOR_ONLY,
  'server:verify': OPERATOR_ONLY,
  'client:create': OPERATOR_ONLY,
  'client:read': EVERY_ROLE,
  'platform:create': OPERATOR_ONLY,
  'platform:read': EVERY_ROLE,
  'site:create': EVERY_ROLE,
  'site:read': EVERY_ROLE,
  'site:update': EVERY_ROLE,
  'site:delete': EVERY_ROLE,
  'certificate:issue': EVERY_ROLE,
  'certificate:renew': EVERY_ROLE,
  'certificate:upload': EVERY_ROLE,
  'certificate:deploy': EVERY_ROLE,
  'certificate:read': EVERY_ROLE,
  'certificate:revoke': EVERY_ROLE,
  'certificate-provider:read': EVERY_ROLE,
  'certificate-provider:write': OPERATOR_ONLY,
  'certificate-policy:write': EVERY_ROLE,
  'operation:read': EVERY_ROLE,
  'operation:retry': EVERY_ROLE,
  'operation:cancel': EVERY_ROLE,
  'node:read': EVERY_ROLE,
  'schema:read': EVERY_ROLE,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

export function isAllowed(actor: Actor, permission: Permission): boolean {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return roles.includes(actor.role);
}
