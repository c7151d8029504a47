import { Catch, type ArgumentsHost } from '@nestjs/common';
import { BaseExceptionFilter } from '@nestjs/core';
import type { GqlContextType } from '@nestjs/graphql';

/**
 * Hands errors of resolvers on to graphql-js, which puts them at their path; they are translated and, if they are
 * defects, logged at the way out. Without this, Nest logs each with its stack, the caller's own mistakes included.
 */
@Catch()
export class GraphqlErrorFilter extends BaseExceptionFilter {
  override catch(exception: unknown, host: ArgumentsHost): unknown {
    if (host.getType<GqlContextType>() === 'graphql') {
      return exception instanceof Error
        ? exception
        : new Error('A resolver threw what is not an error.', { cause: exception });
    }
    // oxlint-disable-next-line promise/valid-params -- the `catch` of a filter, not of a promise
    return super.catch(exception, host);
  }
}
