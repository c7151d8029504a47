import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import { readAccount } from '../acme/account-store.js';
import { AcmePaths } from '../acme/acme-paths.js';
import { connectionTo } from '../acme/ca-connection.js';
import { inParallel } from '../acme/in-parallel.js';
import type { IssuePorts } from '../acme/issue-context.js';
import { checkName, dnsBy } from './check-name.js';
import type { PreflightOptions } from './preflight-input.js';

/**
 * What is certain against names before anything is ordered, one problem each; what is only doubtful is logged, and tried. Where the web server
 * does not answer by itself for this account, names are looked at once the order has put its answers in place.
 */
export async function foresee(
  names: readonly string[],
  request: AcmeIssueRequest,
  options: PreflightOptions | null,
  ports: IssuePorts,
): Promise<readonly ExplainedProblem[]> {
  if (options === null || !answeredByLine(request)) {
    return [];
  }
  const { ca, account, servedThumbprints } = request;
  const [thumbprint = null] = servedThumbprints;
  const known = await readAccount(new AcmePaths(ports.acmeDirectory), ca.directoryUrl, account.name);
  // A CA that cannot be reached is for the order to report.
  const directory = await connectionTo(ca)
    .directory(ports.signal)
    .catch(() => undefined);
  const caa = { caaIdentities: directory?.meta?.caaIdentities ?? [], accountUri: known?.url ?? null };
  const dns = dnsBy(options.resolvers, ports.signal);
  const checked = await inParallel(names, async (name) => {
    const method = methodFor(name, request);
    return method && checkName(name, { ...options, ...caa, method, thumbprint }, dns, ports.signal);
  });
  return checked.flatMap((looked) => {
    const findings = looked?.findings ?? [];
    for (const { certain, message, evidence } of findings) {
      ports.log('WARNING', `${message} (${evidence}) ${certain ? 'It is left out.' : 'It is tried all the same.'}`);
    }
    return findings
      .filter(({ certain }) => certain)
      .slice(0, 1)
      .map(({ certain: _certain, ...problem }) => ({ ...problem, foreseen: true }));
  });
}

/** Whether the line of the web server has the key of this account. */
export function answeredByLine({ account, servedThumbprints }: AcmeIssueRequest): boolean {
  return !account.ownKey && servedThumbprints.length > 0;
}

/** Undefined: by none of the configured ones, which is for the order to report. */
function methodFor(name: string, { challenges }: AcmeIssueRequest): 'http-01' | 'dns-01' | undefined {
  const wildcard = name.startsWith('*.');
  const bare = wildcard ? name.slice(2) : name;
  return challenges.find((method) =>
    method.type === 'http-01'
      ? !wildcard
      : method.domains.length === 0 || method.domains.some((domain) => bare === domain || bare.endsWith(`.${domain}`)),
  )?.type;
}
