import { request as plainRequest, type Agent, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { AcmeError, localError } from './acme-error.js';
import { wireError } from './wire-error.js';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface HttpQuestion {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  readonly body?: string;
  readonly headers: { readonly [name: string]: string };
  readonly agent: Agent;
  readonly signal: AbortSignal;
}

export interface Deadlines {
  /** Until the connection stands, its TLS included. */
  readonly connectMs: number;
  /** From then until the headers of the answer are there. */
  readonly headersMs: number;
  /** For all of it. */
  readonly totalMs: number;
}

export const DEADLINES: Deadlines = { connectMs: 5_000, headersMs: 15_000, totalMs: 30_000 };
const LARGEST_BODY = 1024 * 1024;

/**
 * One request and its whole answer, whatever its status. Sent once: what is signed must not be sent a second time as it is.
 * Redirects are not followed. Ends at the latest with its deadline, and at once when `signal` aborts; then the connection is closed.
 * @throws AcmeError local:…; local:connectionStale when a connection that was kept open turns out to be closed by the other side
 */
export function httpExchange(question: HttpQuestion, deadlines: Deadlines = DEADLINES): Promise<HttpAnswer> {
  const { url, method, headers, agent, body, signal } = question;
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'http:' ? plainRequest : tlsRequest;
    const request = send(url, { method, headers, agent });
    let timer: NodeJS.Timeout;
    const cut = (error: AcmeError): void => void request.destroy(error);
    const allow = (ms: number, type: 'local:connectTimeout' | 'local:timeout', what: string): void => {
      clearTimeout(timer);
      timer = setTimeout(() => cut(localError(type, `${url.host} did not ${what} within ${ms / 1_000} s.`)), ms);
    };
    const total = setTimeout(
      () =>
        cut(
          localError('local:timeout', `${url.host} did not finish its answer within ${deadlines.totalMs / 1_000} s.`),
        ),
      deadlines.totalMs,
    );
    const cancel = (): void => cut(localError('local:cancelled', 'The request was cancelled.'));
    const release = (): void => {
      clearTimeout(timer);
      clearTimeout(total);
      signal.removeEventListener('abort', cancel);
    };
    signal.addEventListener('abort', cancel, { once: true });
    allow(deadlines.connectMs, 'local:connectTimeout', 'take a connection');
    request.once('socket', (socket) => {
      const connected = (): void => allow(deadlines.headersMs, 'local:timeout', 'answer');
      if (request.reusedSocket || !socket.connecting) {
        connected();
      } else {
        socket.once((socket as TLSSocket).encrypted ? 'secureConnect' : 'connect', connected);
      }
    });
    request.once('response', (response) => {
      clearTimeout(timer);
      const answer = readBody(response, url).then((text) => {
        release();
        return { status: response.statusCode ?? 0, headers: response.headers, body: text };
      });
      answer.then(resolve, (error: unknown) => {
        release();
        request.destroy();
        reject(wireError(error, url));
      });
    });
    request.once('error', (error) => {
      release();
      const closed = 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      if (request.reusedSocket && closed && !signal.aborted) {
        reject(localError('local:connectionStale', `${url.host} closed the connection before it answered.`, error));
      } else {
        reject(wireError(error, url));
      }
    });
    if (signal.aborted) {
      cancel();
    }
    request.end(body);
  });
}

async function readBody(response: IncomingMessage, url: URL): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > LARGEST_BODY) {
      throw localError('local:tooLarge', `${url.host} sent more than 1 MiB.`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
