import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext, type GqlContextType } from '@nestjs/graphql';
import type { GraphqlContext } from '../graphql-context.js';
import { declaredPermission } from './allow.js';
import { authorise } from './authorise.js';

/**
 * Denies by default: a resolver without `@Allow` is closed to everybody, the operator included.
 * Guards GraphQL only; plain HTTP routes (/healthz) are not its business.
 */
@Injectable()
export class PermissionGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    if (context.getType<GqlContextType>() === 'graphql') {
      const { actor } = GqlExecutionContext.create(context).getContext<GraphqlContext>();
      authorise(actor, declaredPermission(context.getHandler()));
    }
    return true;
  }
}
