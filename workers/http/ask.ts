import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { PROBE_DIGEST_HEADER, type HttpServerSpec } from '../../src/consumers/index.js';
import { spkiOf } from './certificate-pair.js';

export interface Question {
  readonly scheme: 'http' | 'https';
  readonly name: string;
  readonly path: string;
}

/** What a server answered, or why it did not. */
export interface Answer {
  readonly status: number | null;
  /** The beginning of it. */
  readonly body: string;
  /** What a probe says in a header. */
  readonly digest: string | null;
  /** SHA-256 of the certificate shown, and of its public key. */
  readonly fingerprint: string | null;
  readonly spki: string | null;
  /** The error number, such as `ECONNREFUSED`. */
  readonly error: string | null;
}

const MAX_BODY = 4096;

/**
 * Asks the server on one of its own addresses for a name, whatever DNS says, over a new connection: connections that
 * were open before a reload still show the configuration before it. Certificates are reported, not judged. Never throws.
 */
export function ask(server: HttpServerSpec, question: Question, timeoutMs: number): Promise<Answer> {
  const options = {
    host: localAddress(server),
    path: question.path,
    headers: { host: question.name, connection: 'close', 'user-agent': 'Hler' },
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
  } as const;
  return new Promise((resolve) => {
    const request =
      question.scheme === 'http'
        ? requestHttp({ ...options, port: server.httpPort })
        : requestHttps({
            ...options,
            port: server.httpsPort,
            servername: question.name,
            rejectUnauthorized: false,
          });
    request.once('error', (error: NodeJS.ErrnoException) => resolve(unanswered(error.code ?? error.name)));
    request.once('response', (response) => collect(response, resolve));
    request.end();
  });
}

function collect(response: IncomingMessage, resolve: (answer: Answer) => void): void {
  let body = '';
  const finish = (): void => {
    const digest = response.headers[PROBE_DIGEST_HEADER.toLowerCase()];
    resolve({
      status: response.statusCode ?? null,
      body: body.slice(0, MAX_BODY),
      digest: typeof digest === 'string' ? digest : null,
      ...shown,
      error: null,
    });
    response.destroy();
  };
  const shown = certificateOf(response);
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    body += chunk;
    if (body.length > MAX_BODY) {
      finish();
    }
  });
  response.once('end', finish);
  response.once('error', finish);
}

function certificateOf(response: IncomingMessage): Pick<Answer, 'fingerprint' | 'spki'> {
  const socket = response.socket as Partial<TLSSocket>;
  const certificate = socket.getPeerX509Certificate?.();
  return certificate === undefined
    ? { fingerprint: null, spki: null }
    : { fingerprint: certificate.fingerprint256, spki: spkiOf(certificate) };
}

function unanswered(error: string): Answer {
  return { status: null, body: '', digest: null, fingerprint: null, spki: null, error };
}

function localAddress({ addresses }: HttpServerSpec): string {
  const [first = '*'] = addresses;
  return first === '*' ? '127.0.0.1' : first === '[::]' ? '::1' : first.replaceAll(/[[\]]/g, '');
}
