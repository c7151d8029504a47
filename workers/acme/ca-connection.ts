import { createHash } from 'node:crypto';
import { Agent as PlainAgent } from 'node:http';
import { Agent } from 'node:https';
import { isIP } from 'node:net';
import { createSecureContext, rootCertificates } from 'node:tls';
import { z } from 'zod';
import type { AcmeCa } from '../../src/certificates/domain/acme/acme-ca.js';
import { readProblem } from '../../src/certificates/domain/acme/problem.js';
import { retryAfter } from '../../src/certificates/domain/acme/retry-after.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { AcmeError, isProblem, localError } from './acme-error.js';
import { DEADLINES, httpExchange, type Deadlines } from './http-exchange.js';
import type { SignedBody } from './jws.js';
import { NoncePool } from './nonce-pool.js';
import { patiently } from './patiently.js';
import { ProxyAgent } from './proxy-agent.js';

const USER_AGENT = 'Hler/0.1 (ACME; RFC 8555)';
const DIRECTORY_LIFE_MS = 3_600_000;
const SOCKETS = 16;

const url = z.url({ protocol: /^https?$/ });

const directorySchema = z.object({
  newNonce: url,
  newAccount: url,
  newOrder: url,
  revokeCert: url,
  keyChange: url,
  renewalInfo: url.optional(),
  meta: z
    .object({
      termsOfService: z.string().optional(),
      externalAccountRequired: z.boolean().catch(false),
      profiles: z.record(z.string(), z.string()).optional().catch(undefined),
      caaIdentities: z.array(z.string()).catch([]),
    })
    .catch({ externalAccountRequired: false, caaIdentities: [] }),
});
export type Directory = z.infer<typeof directorySchema>;

/** An answer that is not an error. */
export interface AcmeAnswer {
  readonly status: number;
  /** Parsed JSON; undefined where the answer is something else. */
  readonly json: unknown;
  readonly text: string;
  readonly location: string | undefined;
  /** URLs of `Link: <…>;rel="alternate"`. */
  readonly alternates: readonly string[];
  readonly retryAfter: Date | undefined;
}

/**
 * The way to one CA: its own connections, trust, proxy and nonces; nothing of it is shared with another CA or set for the process.
 * One exchange per call, without repetition: that is for `signedRequest` to decide.
 */
export class CaConnection {
  readonly nonces = new NoncePool();
  private readonly agent: PlainAgent;
  private answersWithinMs = 50;
  private directoryRead: { readonly directory: Directory; readonly at: number } | undefined;

  constructor(
    readonly ca: AcmeCa,
    private readonly deadlines: Deadlines = DEADLINES,
  ) {
    const { protocol, hostname } = new URL(ca.directoryUrl);
    if (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname))) {
      throw new DomainError('INPUT_INVALID', `The ACME directory ${ca.directoryUrl} is not an https:// address.`, {
        details: { field: 'directoryUrl' },
      });
    }
    const options = {
      keepAlive: true,
      maxSockets: SOCKETS,
      // Not as `ca`: node would make all of it part of the key by which it finds a socket for each request, and parse it for each connection.
      ...(ca.caBundlePem === null
        ? {}
        : { secureContext: createSecureContext({ ca: [...rootCertificates, ca.caBundlePem] }) }),
    };
    const proxied =
      ca.proxyUrl === null
        ? undefined
        : new ProxyAgent({ url: new URL(ca.proxyUrl), secret: ca.proxySecret ?? null }, deadlines.connectMs, options);
    this.agent =
      proxied ?? (protocol === 'http:' ? new PlainAgent({ keepAlive: true, maxSockets: SOCKETS }) : new Agent(options));
  }

  /** How long this CA has taken for an answer of late, in ms. */
  get paceMs(): number {
    return this.answersWithinMs;
  }

  /** Read anew every hour. @throws AcmeError */
  directory(signal: AbortSignal): Promise<Directory> {
    return patiently(() => this.readDirectory(signal), { signal });
  }

  private async readDirectory(signal: AbortSignal): Promise<Directory> {
    if (this.directoryRead !== undefined && Date.now() - this.directoryRead.at < DIRECTORY_LIFE_MS) {
      return this.directoryRead.directory;
    }
    const { json } = await this.get(this.ca.directoryUrl, signal);
    const parsed = directorySchema.safeParse(json);
    if (!parsed.success) {
      throw localError(
        'local:notAcme',
        `${this.ca.directoryUrl} is not the directory of an ACME server (RFC 8555 §7.1.1).`,
      );
    }
    this.directoryRead = { directory: parsed.data, at: Date.now() };
    return parsed.data;
  }

  /** @throws AcmeError */
  get(address: string, signal: AbortSignal): Promise<AcmeAnswer> {
    return this.exchange('GET', address, undefined, signal);
  }

  /** @throws AcmeError */
  post(address: string, body: SignedBody, signal: AbortSignal): Promise<AcmeAnswer> {
    return this.exchange('POST', address, JSON.stringify(body), signal);
  }

  /** One that nobody has used: from the pool, or asked for. @throws AcmeError */
  async nonce(signal: AbortSignal): Promise<string> {
    const { newNonce } = await this.readDirectory(signal);
    const pooled = this.nonces.take();
    if (pooled !== undefined) {
      return pooled;
    }
    await this.exchange('HEAD', newNonce, undefined, signal);
    const fresh = this.nonces.take();
    if (fresh === undefined) {
      throw localError('local:notAcme', `${newNonce} gave no nonce (RFC 8555 §7.2).`);
    }
    return fresh;
  }

  close(): void {
    this.agent.destroy();
  }

  /** Where one was closed by the other side, the others were too. */
  private dropIdleSockets(): void {
    Object.values(this.agent.freeSockets)
      .flat()
      .forEach((socket) => socket?.destroy());
  }

  /** Every answer's nonce is kept, a refusal's too: the one that came with `badNonce` is the best there is for the next try. */
  private async exchange(
    method: 'GET' | 'HEAD' | 'POST',
    address: string,
    body: string | undefined,
    signal: AbortSignal,
  ): Promise<AcmeAnswer> {
    const headers = {
      'user-agent': USER_AGENT,
      'accept-language': 'en',
      ...(body === undefined
        ? {}
        : { 'content-type': 'application/jose+json', 'content-length': String(Buffer.byteLength(body)) }),
    };
    const question = {
      method,
      url: new URL(address),
      headers,
      agent: this.agent,
      signal,
      ...(body === undefined ? {} : { body }),
    };
    const began = performance.now();
    const answer = await httpExchange(question, this.deadlines).catch((error: unknown) => {
      if (isProblem(error, 'local:connectionStale')) {
        this.dropIdleSockets();
        if (method !== 'POST') {
          return httpExchange(question, this.deadlines);
        }
      }
      throw error;
    });
    this.answersWithinMs += (performance.now() - began - this.answersWithinMs) / 4;
    this.nonces.put(one(answer.headers['replay-nonce']));
    const later = retryAfter(answer.headers['retry-after'], new Date());
    const json = parseJson(answer.body);
    if (answer.status >= 300) {
      throw new AcmeError(readProblem(json, answer.status, later));
    }
    if (json === undefined && /\bjson\b/.test(answer.headers['content-type'] ?? '')) {
      throw localError('local:notAcme', `${address} answered with JSON that is cut off or broken.`);
    }
    return {
      status: answer.status,
      json,
      text: answer.body,
      location: absolute(answer.headers.location, address),
      alternates: alternatesOf(answer.headers['link'], address),
      retryAfter: later,
    };
  }
}

const connections = new Map<string, CaConnection>();

/** The same connection for the same CA, for as long as this thread lives: its nonces and open sockets serve the next certificate. */
export function connectionTo(ca: AcmeCa): CaConnection {
  const key = createHash('sha256')
    .update(JSON.stringify([ca.directoryUrl, ca.caBundlePem, ca.proxyUrl, ca.proxySecret ?? null]))
    .digest('hex');
  const connection = connections.get(key) ?? new CaConnection(ca);
  connections.set(key, connection);
  return connection;
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function one(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : header?.[0];
}

function absolute(location: string | undefined, base: string): string | undefined {
  return location === undefined ? undefined : new URL(location, base).href;
}

function alternatesOf(header: string | string[] | undefined, base: string): readonly string[] {
  const links = [header ?? []].flat().join(', ');
  return [...links.matchAll(/<([^>]*)>\s*;[^,<]*\brel="?alternate"?/g)].map(
    ([, link = '']) => new URL(link, base).href,
  );
}
