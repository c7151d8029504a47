import { once } from 'node:events';
import { createServer, request, type Agent } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { generateKeyPairSync } from 'node:crypto';
import type { AcmeCa } from '../../src/certificates/domain/acme/acme-ca.js';
import { privateKeyPem, selfSign } from '../../workers/tls/make-self-signed.js';

/** A request to the CA as it came, and what is in its JWS. */
export interface FrontRequest {
  readonly method: string;
  readonly path: string;
  readonly payload: Record<string, unknown> | undefined;
  readonly header: Record<string, unknown>;
}

export interface FrontAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a rule makes of a request: an answer of its own, `HANG`, `CUT`, or nothing, and the CA answers. */
type Before = (asked: FrontRequest) => FrontAnswer | 'HANG' | 'CUT' | undefined;
type After = (asked: FrontRequest, answer: FrontAnswer) => FrontAnswer;

/** Stands before a real CA, under a name that the CA takes for its own, and plays the CA that one meets on a bad day. */
export interface AcmeFront {
  readonly ca: AcmeCa;
  readonly asked: FrontRequest[];
  before: Before;
  after: After;
  stop(): Promise<void>;
}

export const problem = (type: string, status: number, detail = '', headers: IncomingHttpHeaders = {}): FrontAnswer => ({
  status,
  headers: { 'content-type': 'application/problem+json', ...headers },
  body: JSON.stringify({ type: `urn:ietf:params:acme:error:${type}`, detail, status }),
});

export async function startAcmeFront(ca: AcmeCa): Promise<AcmeFront> {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cert = await selfSign(pair, { names: ['localhost'], days: 30, now: new Date() });
  const front = {
    asked: [] as FrontRequest[],
    before: (() => undefined) as Before,
    after: ((_, answer) => answer) as After,
  };
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await textOf(incoming);
    const asked = read(incoming, body);
    front.asked.push(asked);
    const own = front.before(asked);
    if (own === 'HANG') {
      return;
    }
    if (own === 'CUT') {
      incoming.socket.destroy();
      return;
    }
    const answer = own ?? front.after(asked, await forward(ca, incoming, body));
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers;
    outgoing.writeHead(answer.status, headers);
    outgoing.end(answer.body);
  };
  const server = createServer({ cert, key: privateKeyPem(pair.privateKey).reveal() }, (incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { pathname } = new URL(ca.directoryUrl);
  return Object.assign(front, {
    ca: { directoryUrl: `https://localhost:${port}${pathname}`, caBundlePem: cert, proxyUrl: null },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

function forward({ directoryUrl, caBundlePem }: AcmeCa, incoming: IncomingMessage, body: string): Promise<FrontAnswer> {
  const { host, port } = new URL(directoryUrl);
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: 'localhost',
        servername: host.split(':')[0],
        port,
        path: incoming.url,
        method: incoming.method,
        headers: incoming.headers,
        ...(caBundlePem === null ? {} : { ca: caBundlePem }),
        agent: false as unknown as Agent,
      },
      (response) => {
        textOf(response).then(
          (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
          reject,
        );
      },
    );
    asked.once('error', reject);
    asked.end(body);
  });
}

async function textOf(stream: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function read({ method = '', url = '' }: IncomingMessage, body: string): FrontRequest {
  const decode = (text: unknown): Record<string, unknown> | undefined =>
    typeof text === 'string' && text !== ''
      ? (JSON.parse(Buffer.from(text, 'base64url').toString()) as Record<string, unknown>)
      : undefined;
  const jws = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
  return { method, path: url, payload: decode(jws['payload']), header: decode(jws['protected']) ?? {} };
}
