import { SetMetadata } from '@nestjs/common';
import type { Permission } from './permissions.js';

const PERMISSION = 'hler:permission';

/**
 * Declares the permission of a query, mutation or subscription. Without it the resolver cannot be reached and the
 * API does not start. Field resolvers inherit: whoever got the parent object may resolve its fields.
 */
export const Allow = (permission: Permission): MethodDecorator => SetMetadata(PERMISSION, permission);

export function declaredPermission(handler: object): Permission | undefined {
  const permission: Permission | undefined = Reflect.getMetadata(PERMISSION, handler);
  return permission;
}
