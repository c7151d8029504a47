import type { Server } from 'node:http';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { AbstractGraphQLDriver } from '@nestjs/graphql';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { HlerDriverOptions } from './driver-options.js';
import type { ReportDefect } from './error-translation.js';
import { GraphqlEngine } from './execution/graphql-engine.js';
import { asksForPage, GraphiqlPage } from './graphiql-page.js';
import type { Endpoint } from './transports/endpoint.js';
import { answer, invalidRequest } from './transports/http-refusal.js';
import { httpTransport } from './transports/http.js';
import { EVENT_STREAM, SseTransport } from './transports/sse.js';
import { SubscriptionSlots } from './transports/subscription-slots.js';
import { WebSocketTransport } from './transports/websocket.js';

interface Routing {
  readonly path: string;
  readonly http: ReturnType<typeof httpTransport>;
  readonly sse: SseTransport;
  readonly graphiql: GraphiqlPage | undefined;
}

/**
 * GraphQL on Fastify over the reference servers (docs/adr/0002-graphql-server.md): graphql-http, graphql-sse and
 * graphql-ws at one path, in front of one engine.
 */
export class HlerGraphqlDriver extends AbstractGraphQLDriver<HlerDriverOptions> {
  readonly #logger = new Logger('GraphQL');
  #sse: SseTransport | undefined;
  #webSocket: WebSocketTransport | undefined;

  async start(options: HlerDriverOptions): Promise<void> {
    const { schema, path = '/graphql', limits, openIntrospection, createContext, keepAliveMs } = options;
    if (!schema) {
      throw new Error('The GraphQL module gave the driver no schema.');
    }
    const engine = new GraphqlEngine({ schema, limits, openIntrospection, report: this.report });
    const endpoint: Endpoint = { engine, createContext };
    const { httpAdapter } = this.httpAdapterHost;
    const fastify = httpAdapter.getInstance<FastifyInstance>();
    const server: Server = httpAdapter.getHttpServer();
    const slots = new SubscriptionSlots(limits.subscriptions);
    this.#sse = new SseTransport(endpoint, slots);
    this.#webSocket = new WebSocketTransport(endpoint, server, { path, keepAliveMs, slots });
    const graphiql = options.graphiql ? new GraphiqlPage() : undefined;
    const routing: Routing = { path, http: httpTransport(endpoint), sse: this.#sse, graphiql };
    await fastify.register(async (scope) => route(scope, routing));
  }

  async stop(): Promise<void> {
    this.#sse?.close();
    await this.#webSocket?.close();
  }

  private readonly report: ReportDefect = (error, correlationId) => {
    this.#logger.error(`[${correlationId}] ${inspect(error)}`);
  };
}

/** The routes in a scope of their own: here, and only here, bodies stay text for the GraphQL servers to read. */
function route(scope: FastifyInstance, { path, http, sse, graphiql }: Routing): void {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => done(null, body));
  // Any other type is refused by the servers themselves; its body must not reach them.
  scope.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume();
    done(null, null);
  });
  scope.setErrorHandler((error, _request, reply) => refuse(error, reply));
  scope.all(path, async (request, reply) => {
    if (graphiql && asksForPage(request)) {
      return graphiql.send(reply);
    }
    const wantsEvents = request.headers.accept?.includes(EVENT_STREAM) ?? false;
    return wantsEvents ? sse.handle(request, reply) : http(request, reply);
  });
}

/** What Fastify itself refuses: a body that is too large or ends early. */
function refuse(error: unknown, reply: FastifyReply): FastifyReply {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 500) {
    throw error;
  }
  const [body, { headers }] = answer(
    [invalidRequest('The request cannot be read.', 'Look at its headers and size.')],
    status,
  );
  return reply.code(status).headers(headers).send(body);
}
