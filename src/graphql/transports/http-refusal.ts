import { GraphQLError, OperationTypeNode } from 'graphql';
import { DomainError } from '../../shared/domain-error.js';
import { translatedCode, translateError } from '../error-translation.js';
import type { PreparedOperation } from '../execution/graphql-engine.js';
import { httpStatusOf } from '../http-status.js';

/** An answer in the form that graphql-http and graphql-sse both take. */
export type HttpAnswer = readonly [
  body: string,
  init: { readonly status: number; readonly statusText: string; readonly headers: Record<string, string> },
];

/**
 * The answer to errors whose status does not depend on the media type: 401, 403, 500, 503. For a plain 400 there is
 * none: over `application/json` that is still a 200, which the caller's library knows how to say.
 */
export function strictRefusal(errors: readonly GraphQLError[]): HttpAnswer | undefined {
  const status = errors[0] ? httpStatusOf(translatedCode(errors[0])) : 500;
  return status === 400 ? undefined : answer(errors, status, status === 401 ? { 'www-authenticate': 'Bearer' } : {});
}

/** GET must be safe (RFC 9110 §9.2.1): the answer to a mutation by GET, undefined when there is nothing to refuse. */
export function methodRefusal({ operation }: PreparedOperation, method: string): HttpAnswer | undefined {
  if (method === 'POST' || operation.operation !== OperationTypeNode.MUTATION) {
    return undefined;
  }
  return answer([invalidRequest('A mutation cannot be sent by GET.', 'Send it by POST.')], 405, { allow: 'POST' });
}

/** INPUT_INVALID for a request that is wrong before it is GraphQL. */
export function invalidRequest(message: string, hint: string): GraphQLError {
  return translateError(new DomainError('INPUT_INVALID', message, { hint }), '', () => undefined);
}

export function answer(
  errors: readonly GraphQLError[],
  status: number,
  headers: Record<string, string> = {},
): HttpAnswer {
  return [
    JSON.stringify({ errors }),
    { status, statusText: '', headers: { 'content-type': 'application/json; charset=utf-8', ...headers } },
  ];
}
