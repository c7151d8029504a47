import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { RequestLimits } from '../request-limits.js';
import type { CaState } from '../state.js';
import { answer } from './answer.js';
import type { Reply } from './request.js';
import { findRoute } from './routes.js';

const BODY_LIMIT = 1_048_576;
const DROPS = 20;

export interface TlsMaterial {
  readonly key: string;
  readonly cert: string;
}

export type SideDoor = (method: string, path: string, body: string) => Promise<Reply | undefined>;

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  readonly status: number;
}

export interface ServerParts {
  readonly tls: TlsMaterial;
  readonly requestLimits: RequestLimits | undefined;
  /** Paths that are not ACME's. */
  readonly sideDoor: SideDoor;
  /** Told of each request once it has been decided on. */
  readonly onRequest: (seen: Seen) => void;
}

/** HTTPS, with the faults that are of the connection. `ca` is asked for with each request. */
export function makeServer(ca: () => CaState, parts: ServerParts): Server {
  return createServer(parts.tls, (request, response) => {
    serve(ca(), parts, request, response).catch(() => request.socket.destroy());
  });
}

async function serve(
  ca: CaState,
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = '', url: path = '', socket } = request;
  const operation = findRoute(path)?.route.operation ?? 'unknown';
  const body = await readBody(request);
  const aside = operation === 'unknown' ? await parts.sideDoor(method, path, body) : undefined;
  if (aside !== undefined) {
    await send(response, method, aside, {});
    return;
  }
  if (ca.faults.take('tlsReset', { operation })) {
    socket.destroy();
    return;
  }
  if (ca.faults.take('hang', { operation })) {
    await once(socket, 'close');
    return;
  }
  const address = socket.remoteAddress ?? '';
  const contentType = request.headers['content-type'];
  const reply = await answer(ca, parts.requestLimits, { method, path, contentType, body, address });
  parts.onRequest({ method, path, operation, status: reply.status });
  if (ca.faults.take('lostAnswer', { operation })) {
    socket.destroy();
    return;
  }
  const dripMs = ca.faults.take('slowDrip', { operation })?.delayMs;
  const isTruncated = ca.faults.take('truncatedJson', { operation }) !== undefined;
  await send(response, method, reply, { isTruncated, ...(dripMs !== undefined && { dripMs }) });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > BODY_LIMIT) {
      throw new RangeError('The body is too long.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

interface Manner {
  readonly isTruncated?: boolean;
  readonly dripMs?: number;
}

async function send(response: ServerResponse, method: string, reply: Reply, manner: Manner): Promise<void> {
  const { status, headers = {}, body, text } = reply;
  const whole = Buffer.from(text?.value ?? (body === undefined ? '' : JSON.stringify(body)));
  const content = manner.isTruncated === true ? whole.subarray(0, Math.floor(whole.length / 2)) : whole;
  response.writeHead(status, {
    ...Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
    ),
    ...(whole.length > 0 && { 'content-type': text?.type ?? 'application/json' }),
    // RFC 9110 §8.6: none with 204.
    ...(status !== 204 && { 'content-length': String(content.length) }),
  });
  if (method === 'HEAD') {
    response.end();
    return;
  }
  if (manner.dripMs !== undefined) {
    await drip(response, content, manner.dripMs);
  }
  response.end(manner.dripMs === undefined ? content : undefined);
}

async function drip(response: ServerResponse, content: Buffer, overMs: number): Promise<void> {
  const size = Math.ceil(content.length / DROPS);
  for (let at = 0; at < content.length && !response.destroyed; at += size) {
    response.write(content.subarray(at, at + size));
    await pause(overMs / DROPS);
  }
}
