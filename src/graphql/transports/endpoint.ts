import type { GraphQLError } from 'graphql';
import type { GraphqlEngine, OperationRequest, PreparedOperation } from '../execution/graphql-engine.js';
import type { ContextFactory, RequestInfo } from '../graphql-context.js';

export interface Endpoint {
  readonly engine: GraphqlEngine;
  readonly createContext: ContextFactory;
}

/** The operation ready to run, or the errors that it is refused with, translated. Never throws. */
export async function open(
  { engine, createContext }: Endpoint,
  authorization: string | undefined,
  info: RequestInfo,
  request: OperationRequest,
): Promise<PreparedOperation | readonly GraphQLError[]> {
  try {
    return engine.prepare(request, await createContext(authorization, info));
  } catch (error) {
    return [engine.translate(error, info)];
  }
}

export function isRefused(prepared: PreparedOperation | readonly GraphQLError[]): prepared is readonly GraphQLError[] {
  return Array.isArray(prepared);
}
