import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { GqlExecutionContext } from '@nestjs/graphql';
import type { Actor } from '../../shared/actor.js';
import type { GraphqlContext } from '../graphql-context.js';
import { unauthenticated } from './authorise.js';

/** The actor of the request, as a resolver parameter; the guard has let it pass, so there always is one. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = GqlExecutionContext.create(context).getContext<GraphqlContext>();
  if (actor === null) {
    throw unauthenticated();
  }
  return actor;
});
