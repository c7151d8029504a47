import { canProve, type ChallengeMethod } from '../../src/certificates/domain/acme/challenge-method.js';
import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import { readAccount } from '../acme/account-store.js';
import { AcmePaths } from '../acme/acme-paths.js';
import { connectionTo } from '../acme/ca-connection.js';
import { inParallel } from '../acme/in-parallel.js';
import type { IssuePorts } from '../acme/issue-context.js';
import { checkName, dnsBy } from './check-name.js';
import { noChallenge } from './no-challenge.js';
import type { PreflightOptions } from './preflight-input.js';

/**
 * What is certain against names before anything is ordered, one problem each; what is only doubtful is logged, and tried. That none of
 * the configured challenges can prove a name needs no look.
 */
export async function foresee(
  names: readonly string[],
  request: AcmeIssueRequest,
  options: PreflightOptions | null,
  ports: IssuePorts,
): Promise<readonly ExplainedProblem[]> {
  const ways = names.map((name) => ({ name, method: request.challenges.find((one) => canProve(one, name))?.type }));
  const provable = ways.flatMap(({ name, method }) => (method === undefined ? [] : [{ name, method }]));
  const unprovable = ways.flatMap(({ name, method }) => (method === undefined ? [noChallenge(name)] : []));
  unprovable.forEach(({ message, remedy }) => ports.log('WARNING', `${message} It is left out. ${remedy}`));
  return [...unprovable, ...(await look(provable, request, options, ports))];
}

/**
 * The line of the web server shows that a name leads here, whatever account is to order: to what nobody has asked for there is no file. Where
 * it has no line, names are looked at once the order has put its answers in place.
 */
async function look(
  names: readonly { readonly name: string; readonly method: ChallengeMethod['type'] }[],
  request: AcmeIssueRequest,
  options: PreflightOptions | null,
  ports: IssuePorts,
): Promise<readonly ExplainedProblem[]> {
  if (options === null || !hasLine(request)) {
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
  const checked = await inParallel(names, ({ name, method }) =>
    checkName(name, { ...options, ...caa, method, thumbprint }, dns, ports.signal),
  );
  return checked.flatMap(({ findings }) => {
    for (const { certain, message, evidence } of findings) {
      ports.log('WARNING', `${message} (${evidence}) ${certain ? 'It is left out.' : 'It is tried all the same.'}`);
    }
    return findings
      .filter(({ certain }) => certain)
      .slice(0, 1)
      .map(({ certain: _certain, ...problem }) => ({ ...problem, foreseen: true }));
  });
}

/** Whether the web server answers challenges by a line, be it that of another account. */
export function hasLine({ servedThumbprints }: AcmeIssueRequest): boolean {
  return servedThumbprints.length > 0;
}
