import { randomBytes } from 'node:crypto';
import { ACME_CAUSES } from '../../src/certificates/domain/acme/cause.js';
import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import { DnsLookup } from '../acme/dns/dns-lookup.js';
import { inParallel } from '../acme/in-parallel.js';
import { askAsCa, type ChallengeAnswer } from './ask-as-ca.js';
import { caaFinding } from './caa-finding.js';
import type { Finding } from './finding.js';

export interface PreflightRequest {
  /** Hostnames and wildcards. */
  readonly names: readonly string[];
  /** How each may be proved, in order of preference. */
  readonly methodsOf: (name: string) => readonly string[];
  /** `address` or `address:port`; empty: those of the system. */
  readonly resolvers: readonly string[];
  /** 80 for every public CA. */
  readonly httpPort: number;
  /** What the web server here answers challenges with; null: it has no line for this account, and is not asked. */
  readonly thumbprint: string | null;
  /** Of the CA's directory; empty: CAA is not looked at. */
  readonly caaIdentities: readonly string[];
  readonly accountUrl: string | null;
}

/**
 * What is to be expected of one name. `IMPOSSIBLE` only on proof: a CA that looked now would fail too. `DOUBTFUL` is advice, as this server
 * may see the world otherwise than the CA (split DNS, hairpin NAT): worth a try.
 */
export interface NamePreflight {
  readonly name: string;
  readonly verdict: 'READY' | 'DOUBTFUL' | 'IMPOSSIBLE';
  readonly findings: readonly ExplainedProblem[];
}

/** Looks at each name as the CA will: DNS, CAA, the challenge address on every address. Spends nothing at the CA. Never throws. */
export function preflight(request: PreflightRequest, signal: AbortSignal): Promise<readonly NamePreflight[]> {
  return inParallel(request.names, (name) => preflightName(name, request, signal));
}

async function preflightName(name: string, request: PreflightRequest, signal: AbortSignal): Promise<NamePreflight> {
  const lookup = new DnsLookup(request.resolvers);
  const wildcard = name.startsWith('*.');
  const [method] = request.methodsOf(name);
  const findings = [
    ...(method === 'http-01' && !wildcard ? await httpFindings(name, request, lookup, signal) : []),
    ...(request.caaIdentities.length === 0
      ? []
      : await caaFinding({ ...request, name, methods: request.methodsOf(name) }, lookup)),
  ];
  const proved = findings.some(({ proof }) => proof);
  return {
    name,
    verdict: proved ? 'IMPOSSIBLE' : findings.length > 0 ? 'DOUBTFUL' : 'READY',
    findings: findings.map((finding) => explained(name, finding)),
  };
}

async function httpFindings(
  name: string,
  { httpPort, thumbprint, resolvers }: PreflightRequest,
  lookup: DnsLookup,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  const [ipv4, ipv6] = await Promise.all([lookup.ipv4(name), lookup.ipv6(name)]);
  if (ipv4.state === 'NONE' && ipv6.state === 'NONE') {
    return [{ cause: 'NAME_NOT_IN_DNS', evidence: `There is no A and no AAAA record of ${name}.`, proof: true }];
  }
  const addresses = [ipv4, ipv6].flatMap((found) => (found.state === 'FOUND' ? found.records : []));
  if (addresses.length === 0) {
    const codes = [ipv4, ipv6].flatMap((found) => (found.state === 'FAILED' ? found.code : []));
    return [{ cause: 'DNS_SERVERS_FAIL', evidence: `The DNS answers ${codes.join(', ')}.`, proof: false }];
  }
  if (thumbprint === null) {
    return [];
  }
  const token = randomBytes(32).toString('base64url');
  const expected = `${token}.${thumbprint}`;
  const answers = await Promise.all(
    addresses.map((address) => askAsCa({ name, address, httpPort, token, expected, resolvers }, signal)),
  );
  return judge(answers);
}

/** CAs take an IPv6 address first, and one of several by chance. */
function judge(answers: readonly ChallengeAnswer[]): readonly Finding[] {
  const wrong = answers.filter(({ state }) => state === 'OTHER');
  const silent = answers.filter(({ state }) => state === 'SILENT');
  const preferred = answers.some(({ address }) => address.includes(':'))
    ? answers.filter(({ address }) => address.includes(':'))
    : answers;
  const findings: Finding[] = [];
  if (wrong.length > 0) {
    findings.push({
      cause: 'POINTS_ELSEWHERE',
      evidence: evidenceOf(wrong),
      proof: preferred.every(({ state }) => state === 'OTHER'),
    });
  }
  if (silent.length > 0) {
    const onlyIpv6 = silent.every(({ address }) => address.includes(':')) && silent.length < answers.length;
    findings.push({
      cause: onlyIpv6 ? 'IPV6_BROKEN' : silent.some(refused) ? 'CONNECTION_REFUSED' : 'CONNECTION_TIMED_OUT',
      evidence: evidenceOf(silent),
      proof: false,
    });
  }
  return findings;
}

const refused = ({ evidence }: ChallengeAnswer): boolean => evidence.includes('ECONNREFUSED');

function evidenceOf(answers: readonly ChallengeAnswer[]): string {
  return answers.map(({ address, evidence }) => `${address}: ${evidence}`).join('; ');
}

function explained(name: string, { cause, evidence }: Finding): ExplainedProblem {
  const { owner, meaning, remedy, retryMs } = ACME_CAUSES[cause];
  return {
    identifier: { type: 'dns', value: name },
    cause,
    owner,
    message: `${name}: ${meaning}`,
    evidence,
    remedy,
    retryAt: retryMs === null ? null : new Date(Date.now() + retryMs).toISOString(),
    instance: null,
  };
}
