import type { OutgoingHttpHeaders } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ExecutionResult, GraphQLError } from 'graphql';
import { createHandler, type OperationArgs, type RequestParams, type Response } from 'graphql-sse';
import type { PreparedOperation } from '../execution/graphql-engine.js';
import type { RequestInfo } from '../graphql-context.js';
import { limitExceeded } from '../limits/limits.js';
import { isRefused, open, type Endpoint } from './endpoint.js';
import { methodRefusal, strictRefusal, type HttpAnswer } from './http-refusal.js';
import { CORRELATION_HEADER, requestInfo } from './request-info.js';
import type { SubscriptionSlots } from './subscription-slots.js';

export const EVENT_STREAM = 'text/event-stream';

interface Stream {
  readonly info: RequestInfo;
  readonly atEnd: (effect: () => void) => void;
}

/**
 * GraphQL over server-sent events, "distinct connections mode": one operation, one response, a comment every 12
 * seconds against idle proxies. Refusals are events too (EventSource shows no body), except 401, 403, 405 and 5xx.
 */
export class SseTransport {
  readonly #open = new Set<() => void>();
  readonly #handle;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly slots: SubscriptionSlots,
  ) {
    const { engine } = endpoint;
    this.#handle = createHandler<FastifyRequest, Stream>({
      // No token: no reservations, no streams shared by several operations.
      authenticate: () => null,
      onSubscribe: ({ raw, method, context }, params) => this.begin(raw, method, context, params),
      validate: () => [],
      execute: (args) => engine.execute(args as unknown as PreparedOperation),
      subscribe: (args) => engine.subscribe(args as unknown as PreparedOperation),
    });
  }

  async handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const gone = new AbortController();
    const atEnd = (effect: () => void): void => gone.signal.addEventListener('abort', effect, { once: true });
    reply.raw.once('close', () => gone.abort());
    const info = requestInfo('SSE', request, request.ip, gone.signal);
    const [body, init] = await this.#handle({
      method: request.method,
      url: request.url,
      headers: { get: (name) => (name === 'accept' ? EVENT_STREAM : String(request.headers[name] ?? '')) },
      body: typeof request.body === 'string' ? request.body : null,
      raw: request,
      context: { info, atEnd },
    });
    const headers = { 'x-accel-buffering': 'no', [CORRELATION_HEADER]: info.correlationId, ...init.headers };
    if (body === null || typeof body === 'string') {
      return reply
        .code(init.status)
        .headers(headers)
        .send(body ?? undefined);
    }
    reply.headers(headers);
    reply.hijack();
    reply.raw.writeHead(init.status, definedOnly(reply.getHeaders()));
    const end = (): void => void body.return();
    this.#open.add(end);
    atEnd(() => this.#open.delete(end));
    await write(body, reply, atEnd);
    return reply;
  }

  /** Ends every stream; callers see the response end, and connect again elsewhere. */
  close(): void {
    for (const end of this.#open) {
      end();
    }
  }

  private async begin(
    request: FastifyRequest,
    method: string,
    { info, atEnd }: Stream,
    params: RequestParams,
  ): Promise<Response | AsyncGenerator<ExecutionResult> | OperationArgs> {
    const prepared = await open(this.endpoint, request.headers.authorization, info, params);
    if (isRefused(prepared)) {
      return strictRefusal(prepared) ?? onlyEvent(prepared);
    }
    const refusal: HttpAnswer | undefined = methodRefusal(prepared, method);
    if (refusal) {
      return refusal;
    }
    const release = this.slots.take(prepared.contextValue);
    if (!release) {
      return onlyEvent([this.endpoint.engine.translate(limitExceeded('subscriptions', this.slots.max), info)]);
    }
    atEnd(release);
    return prepared as unknown as OperationArgs;
  }
}

async function* onlyEvent(errors: readonly GraphQLError[]): AsyncGenerator<ExecutionResult> {
  yield { errors };
}

function definedOnly(headers: Readonly<Record<string, number | string | string[] | undefined>>): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
}

/** Waits for a slow reader, so that a stream that nobody reads does not fill the memory. */
async function write(
  body: AsyncGenerator<string, void, undefined>,
  { raw }: FastifyReply,
  atEnd: Stream['atEnd'],
): Promise<void> {
  atEnd(() => void body.return());
  for await (const chunk of body) {
    if (!raw.writable) {
      break;
    }
    await new Promise<void>((resolve) => {
      raw.write(chunk, () => resolve());
    });
  }
  raw.end();
}
