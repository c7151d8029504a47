import { request as requestHttp, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { DnsLookup } from '../acme/dns/dns-lookup.js';

export interface ChallengeQuestion {
  readonly name: string;
  readonly address: string;
  readonly httpPort: number;
  readonly token: string;
  /** The key authorization (RFC 8555 §8.1). */
  readonly expected: string;
  readonly resolvers: readonly string[];
}

/** `OTHER`: somebody answered, and not with what is expected. `SILENT`: nobody did. */
export interface ChallengeAnswer {
  readonly address: string;
  readonly state: 'RIGHT' | 'OTHER' | 'SILENT';
  readonly evidence: string;
}

/** As CAs do: at most ten redirects, to ports 80 and 443 only, certificates not judged, 128 bytes read. */
const MAX_REDIRECTS = 10;
const MAX_BODY = 128;
const TIMEOUT_MS = 5_000;

interface Hop {
  readonly url: URL;
  readonly address: string;
}

/** Asks one address for a challenge that nobody has, which the line of our web server answers all the same. Never throws. */
export async function askAsCa(question: ChallengeQuestion, signal: AbortSignal): Promise<ChallengeAnswer> {
  const { name, address, httpPort, token, expected } = question;
  const answer = (state: ChallengeAnswer['state'], evidence: string): ChallengeAnswer => ({ address, state, evidence });
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  let hop: Hop = { url: new URL(`http://${name}:${httpPort}/.well-known/acme-challenge/${token}`), address };
  try {
    for (let redirects = 0; ; redirects += 1) {
      const { status, location, body } = await get(hop, deadline);
      if (location === undefined) {
        const seen = `${status} "${printable(body)}"`;
        return status === 200 && body.trim() === expected
          ? answer('RIGHT', seen)
          : answer('OTHER', `it answers ${seen}`);
      }
      const next = await hopTo(location, hop, question);
      if (redirects === MAX_REDIRECTS || next === undefined) {
        return answer('OTHER', `it redirects to ${printable(location)}, where no CA follows`);
      }
      hop = next;
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer in time';
    return answer('SILENT', code);
  }
}

async function hopTo(location: string, { url, address }: Hop, question: ChallengeQuestion): Promise<Hop | undefined> {
  const next = URL.canParse(location, url.href) ? new URL(location, url) : undefined;
  const port = next?.port === '' ? (next.protocol === 'https:' ? '443' : '80') : next?.port;
  if (next === undefined || !/^https?:$/.test(next.protocol) || isIP(next.hostname.replaceAll(/[[\]]/g, '')) !== 0) {
    return undefined;
  }
  if (!['80', '443', String(question.httpPort)].includes(port ?? '')) {
    return undefined;
  }
  if (next.hostname === url.hostname) {
    return { url: next, address };
  }
  const [other] = await new DnsLookup(question.resolvers).addresses(next.hostname);
  return other === undefined ? undefined : { url: next, address: other };
}

interface Reply {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: string;
}

function get({ url, address }: Hop, signal: AbortSignal): Promise<Reply> {
  const secure = url.protocol === 'https:';
  const options = {
    host: address,
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, connection: 'close', 'user-agent': 'Hler preflight' },
    agent: false,
    signal,
  } as const;
  return new Promise((resolve, reject) => {
    const request = secure
      ? requestHttps({ ...options, servername: url.hostname, rejectUnauthorized: false })
      : requestHttp(options);
    request.once('error', reject);
    request.once('response', (response) => read(response, resolve));
    request.end();
  });
}

function read(response: IncomingMessage, resolve: (reply: Reply) => void): void {
  const status = response.statusCode ?? 0;
  const location = status >= 300 && status < 400 ? response.headers.location : undefined;
  let body = '';
  const finish = (): void => {
    resolve({ status, location, body: body.slice(0, MAX_BODY) });
    response.destroy();
  };
  response.setEncoding('latin1');
  response.on('data', (chunk: string) => {
    body += chunk;
    if (body.length >= MAX_BODY) {
      finish();
    }
  });
  response.once('end', finish);
  response.once('error', finish);
}

const printable = (text: string): string => text.slice(0, 100).replaceAll(/[^ -~]/g, '·');
