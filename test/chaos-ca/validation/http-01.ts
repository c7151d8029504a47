import { get as getHttp, type IncomingMessage, type RequestOptions } from 'node:http';
import { get as getHttps } from 'node:https';
import { AcmeProblem } from '../problem.js';
import type { Proof, Surroundings } from './proof.js';

const REDIRECT_LIMIT = 10;
const BODY_LIMIT = 128;
const TIMEOUT_MS = 10_000;

/**
 * RFC 8555 §8.3 as Let's Encrypt does it: port 80, or 443 after a redirect, any certificate; ten redirects at most; 128 bytes of
 * body; IPv6 first, and IPv4 only where no connection can be made on the first request.
 */
export async function http01(around: Surroundings, proof: Proof): Promise<AcmeProblem | undefined> {
  const url = new URL(`http://${host(proof.identifier.value)}/.well-known/acme-challenge/${proof.token}`);
  const answer = await follow(around, url, 0);
  if (answer.status !== 200) {
    return new AcmeProblem('unauthorized', `Invalid response from ${answer.url}: ${answer.status}`);
  }
  const found = answer.body.replace(/\s+$/, '');
  return found === proof.keyAuthorization
    ? undefined
    : new AcmeProblem(
        'unauthorized',
        `The key authorization file from the server did not match this challenge: got ${JSON.stringify(found)}`,
      );
}

interface Answer {
  readonly url: string;
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

async function follow(around: Surroundings, url: URL, hops: number): Promise<Answer> {
  if (hops > REDIRECT_LIMIT) {
    throw new AcmeProblem('connection', `Fetching ${url.href}: Too many redirects`);
  }
  const answer = await fetchAt(around, url, hops);
  if (answer.location === undefined || ![301, 302, 303, 307, 308].includes(answer.status)) {
    return answer;
  }
  const next = new URL(answer.location, url);
  const isAllowed = ['http:80', 'https:443'].includes(`${next.protocol}${portOf(next)}`);
  if (!isAllowed) {
    throw new AcmeProblem('connection', `Fetching ${next.href}: Invalid port or scheme in redirect target`);
  }
  return follow(around, next, hops + 1);
}

async function fetchAt(around: Surroundings, url: URL, hops: number): Promise<Answer> {
  const addresses = await around.addressesOf(url.hostname.replace(/^\[|\]$/g, ''));
  const usable =
    hops === 0
      ? [addresses.find((each) => each.includes(':')), addresses.find((each) => !each.includes(':'))]
      : [addresses[0]];
  let failure = new AcmeProblem('dns', `No valid IP addresses found for ${url.hostname}`);
  for (const address of usable.filter((each) => each !== undefined)) {
    try {
      return await request(around, url, address);
    } catch (error) {
      failure = new AcmeProblem('connection', `${address}: Fetching ${url.href}: ${(error as Error).message}`);
    }
  }
  throw failure;
}

function request(around: Surroundings, url: URL, address: string): Promise<Answer> {
  const isTls = url.protocol === 'https:';
  const options: RequestOptions & { rejectUnauthorized: boolean; servername?: string } = {
    host: address,
    port: isTls ? around.ports.https : around.ports.http,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, 'user-agent': 'chaos-ca-validator', accept: '*/*' },
    agent: false,
    timeout: TIMEOUT_MS,
    rejectUnauthorized: false,
    ...(isTls && { servername: url.hostname }),
  };
  return new Promise((resolve, reject) => {
    const outgoing = (isTls ? getHttps : getHttp)(options, (response) => {
      readStart(response).then(
        (body) =>
          resolve({ url: url.href, status: response.statusCode ?? 0, location: response.headers.location, body }),
        reject,
      );
    });
    outgoing.once('timeout', () =>
      outgoing.destroy(new Error('Timeout after connect (your server may be slow or overloaded)')),
    );
    outgoing.once('error', reject);
  });
}

async function readStart(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size >= BODY_LIMIT) {
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, BODY_LIMIT).toString('utf8');
}

function host(value: string): string {
  return value.includes(':') ? `[${value}]` : value;
}

function portOf(url: URL): string {
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port;
}
