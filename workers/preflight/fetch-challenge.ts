import { request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { isIP } from 'node:net';
import type { AddressAnswer, PreflightRequest } from '../../src/certificates/domain/preflight/name-preflight.js';
import type { DnsLookup } from '../acme/dns/dns-lookup.js';
import { errnoOf } from '../system/fs-error.js';
import { isPublicAddress } from './public-address.js';

const REDIRECTS = 10;
/** What Boulder reads of an answer. */
const BYTES = 128;
const TIMEOUT_MS = 10_000;

export interface ChallengeFetch {
  readonly name: string;
  readonly address: string;
  readonly path: string;
  readonly expected: string;
  readonly ports: PreflightRequest['ports'];
  readonly lookup: DnsLookup;
  readonly signal: AbortSignal;
}

type Answer = Pick<AddressAnswer, 'answer' | 'evidence'>;

/**
 * Asks for a challenge at one address as Let's Encrypt does: ten redirects, to names, on ports 80 and 443 only, TLS not verified, 128
 * bytes read. Never throws.
 * The name may be a stranger's, and this server may reach what strangers do not: a redirect leads to public addresses or back to the
 * one that is looked at, each connection goes to the address that was found in order, and what others than public addresses say is not told.
 */
export async function fetchChallenge({
  name,
  address,
  path,
  expected,
  ports,
  lookup,
  signal,
}: ChallengeFetch): Promise<AddressAnswer> {
  let url = new URL(`http://${name}${path}`);
  let host = address;
  const result = (answer: AddressAnswer['answer'], evidence: string): AddressAnswer => ({ address, answer, evidence });
  for (let hop = 0; hop <= REDIRECTS; hop += 1) {
    const got = await ask(url, host, ports, signal);
    if ('answer' in got) {
      return result(got.answer, `${url.host}: ${got.evidence}`);
    }
    if (got.location === undefined) {
      const right = got.status === 200 && got.body.trimEnd() === expected;
      return result(
        right ? 'RIGHT' : 'WRONG',
        right ? '' : `${url.href} answered ${got.status}${told(` "${got.body}"`, host)}`,
      );
    }
    const next = target(got.location, url);
    if (next === undefined) {
      return result('BAD_REDIRECT', `${url.href} redirects${told(` to ${got.location}`, host) || ' elsewhere'}`);
    }
    if (next.hostname !== url.hostname) {
      const { a, aaaa } = await lookup.addressRecords(next.hostname);
      const all = [aaaa, a].flatMap((found) => (found.state === 'FOUND' ? found.records : []));
      if (all.length === 0) {
        return result('BAD_REDIRECT', `${next.hostname}, to which it redirects, has no address.`);
      }
      const open = whereToFollow(all, address);
      if (open === undefined) {
        return result(
          'INWARD_REDIRECT',
          `${next.hostname}, to which it redirects, has no public address; Hlér does not follow there.`,
        );
      }
      host = open;
    }
    url = next;
  }
  return result('BAD_REDIRECT', `More than ${REDIRECTS} redirects.`);
}

/** Of the addresses that a redirect leads to; `from`: the one that is looked at, whose own it may be. */
export function whereToFollow(addresses: readonly string[], from: string): string | undefined {
  return addresses.find((address) => address === from || isPublicAddress(address));
}

function told(answer: string, host: string): string {
  return isPublicAddress(host) ? printable(answer) : '';
}

function target(location: string, from: URL): URL | undefined {
  if (!URL.canParse(location, from.href)) {
    return undefined;
  }
  const url = new URL(location, from.href);
  const named = isIP(url.hostname.replaceAll(/^\[|\]$/g, '')) === 0;
  return /^https?:$/.test(url.protocol) && ['', '80', '443'].includes(url.port) && named ? url : undefined;
}

interface Got {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

function ask(url: URL, host: string, ports: PreflightRequest['ports'], signal: AbortSignal): Promise<Got | Answer> {
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? ports.https : ports.http) : url.port === '443' ? ports.https : ports.http;
  return new Promise((resolve) => {
    const send = secure ? tlsRequest : plainRequest;
    const asked = send({
      host,
      port,
      path: `${url.pathname}${url.search}`,
      headers: { host: url.host, 'user-agent': 'Hler/0.1 (preflight)', connection: 'close' },
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      ...(secure ? { servername: url.hostname, rejectUnauthorized: false } : {}),
    });
    asked.once('response', (response) => {
      const location =
        (response.statusCode ?? 0) >= 300 && (response.statusCode ?? 0) < 400 ? response.headers.location : undefined;
      let body = Buffer.alloc(0);
      const end = (): void => {
        resolve({ status: response.statusCode ?? 0, location, body: body.subarray(0, BYTES).toString('utf8') });
        response.destroy();
      };
      response.on('data', (chunk: Buffer) => {
        body = Buffer.concat([body, chunk]);
        if (body.length >= BYTES) {
          end();
        }
      });
      response.once('end', end);
      response.once('error', () => resolve({ answer: 'BROKEN', evidence: 'The answer broke off.' }));
    });
    asked.once('error', (error) => resolve(failure(error)));
    asked.end();
  });
}

function failure(error: Error): Answer {
  const code = errnoOf(error) ?? error.name;
  const refused = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'].includes(code);
  const late =
    code === 'ETIMEDOUT' || code === 'ABORT_ERR' || error.name === 'AbortError' || error.name === 'TimeoutError';
  return refused
    ? { answer: 'REFUSED', evidence: `Connection refused (${code}).` }
    : late
      ? { answer: 'TIMED_OUT', evidence: 'No answer in time.' }
      : { answer: 'BROKEN', evidence: `The connection broke (${code}).` };
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 90);
}
