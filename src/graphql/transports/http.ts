import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, OperationTypeNode, type ExecutionArgs, type ExecutionResult } from 'graphql';
import { createHandler, type Response } from 'graphql-http';
import type { PreparedOperation } from '../execution/graphql-engine.js';
import type { RequestInfo } from '../graphql-context.js';
import { acceptedMediaType } from './accepted-media-type.js';
import { isRefused, open, type Endpoint } from './endpoint.js';
import { invalidRequest, methodRefusal, strictRefusal } from './http-refusal.js';
import { CORRELATION_HEADER, requestInfo } from './request-info.js';

const REQUEST_HINT = 'Send {"query": "…", "variables": {…}, "operationName": "…"} as application/json.';
const STREAM_HINT = 'Send "Accept: text/event-stream", or use a WebSocket with the protocol graphql-transport-ws.';

/**
 * GraphQL over HTTP: media types, parameters and statuses by graphql-http, the rest by the engine. Only JSON is
 * taken, which a foreign page cannot send without a preflight, and GET runs queries only.
 */
export function httpTransport(endpoint: Endpoint) {
  const handle = createHandler<FastifyRequest, RequestInfo>({
    onSubscribe: async ({ raw, method, context: info }, params) => {
      const prepared = await open(endpoint, raw.headers.authorization, info, params);
      if (isRefused(prepared)) {
        return strictRefusal(prepared) ?? prepared;
      }
      return methodRefusal(prepared, method) ?? streamRefusal(prepared) ?? withoutContextType(prepared);
    },
    execute: (args: ExecutionArgs) => endpoint.engine.execute(args as PreparedOperation),
    onOperation: ({ raw }, _args, result) => success(result, raw.headers.accept),
    formatError: (error) => (error instanceof GraphQLError ? error : invalidRequest(error.message, REQUEST_HINT)),
  });

  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const gone = new AbortController();
    reply.raw.once('close', () => reply.raw.writableFinished || gone.abort());
    const info = requestInfo('HTTP', request, request.ip, gone.signal);
    const [body, init] = await handle({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: typeof request.body === 'string' ? request.body : null,
      raw: request,
      context: info,
    });
    return reply
      .code(init.status)
      .headers({ 'cache-control': 'no-store', [CORRELATION_HEADER]: info.correlationId, ...init.headers })
      .send(body ?? undefined);
  };
}

function streamRefusal({ operation }: PreparedOperation): readonly GraphQLError[] | undefined {
  return operation.operation === OperationTypeNode.SUBSCRIPTION
    ? [invalidRequest('A subscription needs a stream of events.', STREAM_HINT)]
    : undefined;
}

/**
 * What graphql-http would answer, without the replacer function it hands to JSON.stringify: on a list that costs
 * as much as the rest of the request.
 */
function success(result: ExecutionResult, accept: string | undefined): Response {
  const headers = { 'content-type': `${acceptedMediaType(accept)}; charset=utf-8` };
  return [JSON.stringify(result), { status: 200, statusText: 'OK', headers }];
}

/** graphql-http types contexts as dictionaries; it only passes ours on. */
function withoutContextType({ contextValue, ...args }: PreparedOperation): ExecutionArgs & { contextValue: undefined } {
  return { ...args, contextValue: contextValue as unknown as undefined };
}
