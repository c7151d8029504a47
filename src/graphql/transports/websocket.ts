import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { OperationTypeNode, type ExecutionArgs, type GraphQLError } from 'graphql';
import { CloseCode, type Context } from 'graphql-ws';
import { useServer, type Extra } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { OperationRequest, PreparedOperation } from '../execution/graphql-engine.js';
import type { RequestInfo } from '../graphql-context.js';
import { limitExceeded } from '../limits/limits.js';
import { isRefused, open, type Endpoint } from './endpoint.js';
import { requestInfo } from './request-info.js';
import type { SubscriptionSlots } from './subscription-slots.js';

const MAX_MESSAGE_BYTES = 1024 * 1024;
const FAREWELL_MS = 1_000;
const TRY_AGAIN_LATER = 1013;
/** A close frame holds 123 bytes (RFC 6455 §5.5.1); a character may take four. */
const MAX_REASON_LENGTH = 30;

export interface WebSocketOptions {
  readonly path: string;
  readonly slots: SubscriptionSlots;
  readonly keepAliveMs: number;
}

interface ConnectionParams extends Record<string, unknown> {
  readonly authorization?: unknown;
  readonly Authorization?: unknown;
}

/** What a subscription gives back when it ends. */
interface Held {
  readonly release?: () => void;
}

type Connection = Context<ConnectionParams, Extra & { gone?: AbortController }>;

/**
 * GraphQL over WebSocket (`graphql-transport-ws`). The token is checked when the connection is made (4401 when it is
 * not accepted) and again for every operation, so that a revoked one stops working on an open connection.
 */
export class WebSocketTransport {
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });

  constructor(
    private readonly endpoint: Endpoint,
    private readonly server: Server,
    private readonly options: WebSocketOptions,
  ) {
    const { engine } = endpoint;
    useServer<ConnectionParams, { gone?: AbortController }>(
      {
        onConnect: (connection) => this.admit(connection),
        onSubscribe: (connection, _id, payload) => this.begin(connection, payload),
        execute: (args: ExecutionArgs) => engine.execute(args as PreparedOperation),
        subscribe: (args: ExecutionArgs) => engine.subscribe(args as PreparedOperation, (args as Held).release),
        onClose: ({ extra }) => extra.gone?.abort(),
        // Otherwise the library puts the text of an unexpected error into the close frame.
        isProd: true,
      },
      this.#sockets,
      options.keepAliveMs,
    );
    // The library prints the stack of every broken frame, which anybody can send; ws has closed the socket by then.
    this.#sockets.on('connection', (socket) => socket.removeAllListeners('error').on('error', () => undefined));
    server.on('upgrade', this.upgrade);
  }

  async close(): Promise<void> {
    this.server.off('upgrade', this.upgrade);
    for (const socket of this.#sockets.clients) {
      socket.close(1001, 'Going away');
    }
    const farewell = setTimeout(() => this.#sockets.clients.forEach((socket) => socket.terminate()), FAREWELL_MS);
    await new Promise<void>((resolve) => {
      this.#sockets.close(() => resolve());
    });
    clearTimeout(farewell);
  }

  private readonly upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    if (request.url?.split('?')[0] === this.options.path) {
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#sockets.emit('connection', client, request));
    } else if (this.server.listenerCount('upgrade') === 1) {
      socket.end(`HTTP/1.1 404 ${STATUS_CODES[404]}\r\nConnection: close\r\n\r\n`);
    }
  };

  private async admit(connection: Connection): Promise<boolean> {
    const { socket } = connection.extra;
    const info = this.infoOf(connection);
    try {
      const { actor } = await this.endpoint.createContext(authorizationOf(connection), info);
      if (actor === null) {
        socket.close(CloseCode.Unauthorized, 'Unauthorized');
      }
      return actor !== null;
    } catch (error) {
      const { message } = this.endpoint.engine.translate(error, info);
      socket.close(TRY_AGAIN_LATER, message.slice(0, MAX_REASON_LENGTH));
      return false;
    }
  }

  private async begin(
    connection: Connection,
    payload: OperationRequest,
  ): Promise<(PreparedOperation & Held) | readonly GraphQLError[]> {
    const { slots } = this.options;
    if (Object.keys(connection.subscriptions).length > slots.max) {
      return this.tooMany(connection);
    }
    const prepared = await this.open(connection, payload);
    if (isRefused(prepared) || prepared.operation.operation !== OperationTypeNode.SUBSCRIPTION) {
      return prepared;
    }
    const release = slots.take(prepared.contextValue);
    return release ? { ...prepared, release } : this.tooMany(connection);
  }

  private tooMany(connection: Connection): readonly GraphQLError[] {
    const error = limitExceeded('subscriptions', this.options.slots.max);
    return [this.endpoint.engine.translate(error, this.infoOf(connection))];
  }

  private open(connection: Connection, request: OperationRequest) {
    return open(this.endpoint, authorizationOf(connection), this.infoOf(connection), request);
  }

  private infoOf({ extra }: Connection): RequestInfo {
    extra.gone ??= new AbortController();
    const { request } = extra;
    return requestInfo('WEBSOCKET', request, request.socket.remoteAddress ?? '', extra.gone.signal);
  }
}

function authorizationOf({ connectionParams, extra }: Connection): string | undefined {
  const given = connectionParams?.authorization ?? connectionParams?.Authorization;
  return typeof given === 'string' ? given : extra.request.headers.authorization;
}
