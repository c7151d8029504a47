import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { ACME_CAUSES, type AcmeCause } from '../../src/certificates/domain/acme/cause.js';
import { forbiddenByCaa } from '../../src/certificates/domain/preflight/caa-verdict.js';
import type {
  AddressAnswer,
  Finding,
  NamePreflight,
  PreflightRequest,
} from '../../src/certificates/domain/preflight/name-preflight.js';
import { DnsLookup } from '../acme/dns/dns-lookup.js';
import { fetchChallenge } from './fetch-challenge.js';
import { CaaTree } from './caa-tree.js';
import { isPublicAddress } from './public-address.js';

/** So many addresses of a name are asked, IPv6 and IPv4, and no longer than this for all of them and their redirects. */
const MOST_ADDRESSES = 8;
const TIMEOUT_MS = 20_000;

type NameRequest = Omit<PreflightRequest, 'names' | 'resolvers'>;

/** The DNS as it is during one look at some names. */
export interface Dns {
  readonly lookup: DnsLookup;
  readonly caa: CaaTree;
}

/** `resolvers`: as in `DnsLookup`. Nothing is waited for any more once `signal` aborts. */
export function dnsBy(resolvers: readonly string[], signal: AbortSignal): Dns {
  const lookup = new DnsLookup(resolvers);
  signal.addEventListener('abort', () => lookup.cancel(), { once: true });
  return { lookup, caa: new CaaTree(lookup) };
}

/**
 * Whether a CA would find a name in order, as far as can be seen from here: its addresses, what answers at each of them, and whom CAA
 * allows. Changes nothing, asks no CA. Never throws but when cancelled.
 */
export async function checkName(
  name: string,
  request: NameRequest,
  { lookup, caa: tree }: Dns,
  signal: AbortSignal,
): Promise<NamePreflight> {
  const wildcard = name.startsWith('*.');
  const byHttp = request.method === 'http-01' && !wildcard;
  const [cname, caa, reached] = await Promise.all([
    lookup.cname(name.replace(/^\*\./, '')),
    caaFindings(name, request, tree),
    byHttp ? addressFindings(name, request, lookup, signal) : { addresses: [], findings: [] },
  ]);
  signal.throwIfAborted();
  const findings = [...caa, ...reached.findings];
  const verdict = findings.some(({ certain }) => certain) ? 'BLOCKED' : findings.length > 0 ? 'DOUBTFUL' : 'GOOD';
  return {
    name,
    verdict,
    addresses: reached.addresses,
    cname: cname.state === 'FOUND' ? (cname.records[0] ?? null) : null,
    findings,
  };
}

async function caaFindings(name: string, request: NameRequest, tree: CaaTree): Promise<readonly Finding[]> {
  const { caaIdentities: identities, accountUri, method } = request;
  const found = identities.length === 0 ? ({ state: 'NONE' } as const) : await tree.find(name);
  if (found.state === 'FAILED') {
    return [finding('CAA_UNREADABLE', name, `CAA of ${found.at}: ${found.code}`, false)];
  }
  const question = { wildcard: name.startsWith('*.'), identities, accountUri, method };
  const forbidding = found.state === 'FOUND' ? forbiddenByCaa(found.properties, question) : undefined;
  return forbidding === undefined || found.state !== 'FOUND'
    ? []
    : [finding('CAA_FORBIDS', name, `${found.at} CAA ${forbidding.tag} "${forbidding.value}"`, true)];
}

async function addressFindings(
  name: string,
  { thumbprint, ports }: NameRequest,
  lookup: DnsLookup,
  signal: AbortSignal,
): Promise<{ readonly addresses: readonly AddressAnswer[]; readonly findings: readonly Finding[] }> {
  const { a, aaaa } = await lookup.addressRecords(name);
  const [six = [], four = []] = [aaaa, a].map((found) => (found.state === 'FOUND' ? found.records : []));
  const all = [...six, ...four];
  if (all.length === 0) {
    const failed = [a, aaaa].find((found) => found.state === 'FAILED');
    const evidence =
      failed?.state === 'FAILED' ? `A and AAAA: ${failed.code}` : 'There is neither an A nor an AAAA record.';
    const cause = failed === undefined ? 'NAME_NOT_IN_DNS' : 'DNS_SERVERS_FAIL';
    return { addresses: [], findings: [finding(cause, name, evidence, failed === undefined)] };
  }
  const token = randomBytes(32).toString('base64url');
  const path = `/.well-known/acme-challenge/${token}`;
  const looked = addressesToAsk(six, four);
  const expected = `${token}.${thumbprint}`;
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const addresses =
    thumbprint === null
      ? []
      : await Promise.all(
          looked.map((address) => fetchChallenge({ name, address, path, expected, ports, lookup, signal: inTime })),
        );
  const hidden = all.some(isPublicAddress) ? [] : [finding('ADDRESS_NOT_PUBLIC', name, looked.join(', '), false)];
  return { addresses, findings: [...hidden, ...answerFindings(name, addresses, looked.length === all.length)] };
}

/** Some of each kind, should there be too many of the first. */
export function addressesToAsk(six: readonly string[], four: readonly string[]): readonly string[] {
  return [...six.slice(0, MOST_ADDRESSES / 2), ...four].slice(0, MOST_ADDRESSES);
}

const CAUSES: Readonly<Record<Exclude<AddressAnswer['answer'], 'RIGHT'>, AcmeCause>> = {
  WRONG: 'POINTS_ELSEWHERE',
  REFUSED: 'CONNECTION_REFUSED',
  TIMED_OUT: 'CONNECTION_TIMED_OUT',
  BROKEN: 'CONNECTION_BROKEN',
  BAD_REDIRECT: 'REDIRECT_BROKEN',
  INWARD_REDIRECT: 'REDIRECT_BROKEN',
};

/**
 * A CA takes an address of IPv6 where there is one, else of IPv4, and goes on to IPv4 only when nobody took its connection. Certain is
 * a wrong answer at every address that it may take first; that somebody cannot be reached from here proves nothing. `areAll`: no
 * address was left out.
 */
function answerFindings(name: string, addresses: readonly AddressAnswer[], areAll: boolean): readonly Finding[] {
  const six = addresses.filter(({ address }) => isIPv6(address));
  const first = six.length > 0 ? six : addresses;
  const answeredWrong =
    areAll && first.length > 0 && first.every(({ answer }) => answer === 'WRONG' || answer === 'BAD_REDIRECT');
  const works = addresses.some(({ answer }) => answer === 'RIGHT');
  return addresses.flatMap(({ address, answer, evidence }) => {
    if (answer === 'RIGHT') {
      return [];
    }
    const silent = answer === 'REFUSED' || answer === 'TIMED_OUT';
    const cause = silent && isIPv6(address) && works ? 'IPV6_BROKEN' : CAUSES[answer];
    return [
      finding(
        cause,
        name,
        `${address}: ${evidence}`,
        answeredWrong && !silent && first.some((one) => one.address === address),
      ),
    ];
  });
}

function finding(cause: AcmeCause, name: string, evidence: string, certain: boolean): Finding {
  const { owner, meaning, remedy, retryMs } = ACME_CAUSES[cause];
  const retryAt = retryMs === null ? null : new Date(Date.now() + retryMs).toISOString();
  const identifier = { type: 'dns', value: name };
  return {
    identifier,
    cause,
    owner,
    message: `${name}: ${meaning}`,
    evidence,
    remedy,
    retryAt,
    instance: null,
    certain,
  };
}
