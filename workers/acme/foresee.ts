import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import { preflight } from '../preflight/preflight.js';
import { readAccount } from './account-store.js';
import { AcmePaths } from './acme-paths.js';
import { connectionTo } from './ca-connection.js';
import type { IssuePorts } from './issue-context.js';

export interface PreflightOptions {
  readonly resolvers: readonly string[];
  readonly httpPort: number;
}

/** What is proved against names before anything is ordered; what is only doubtful is logged, and tried. */
export async function foresee(
  names: readonly string[],
  { ca, account, challenges, servedThumbprints }: AcmeIssueRequest,
  options: PreflightOptions | null,
  ports: IssuePorts,
): Promise<readonly ExplainedProblem[]> {
  const { acmeDirectory, signal } = ports;
  if (options === null) {
    return [];
  }
  const known = await readAccount(new AcmePaths(acmeDirectory), ca.directoryUrl, account.name);
  // A CA that cannot be reached is for the order to report.
  const directory = await connectionTo(ca)
    .directory(signal)
    .catch(() => undefined);
  const looked = await preflight(
    {
      ...options,
      names,
      methodsOf: (name) => challenges.filter((method) => proves(method, name)).map(({ type }) => type),
      thumbprint: account.ownKey ? null : (servedThumbprints[0] ?? null),
      caaIdentities: directory?.meta?.caaIdentities ?? [],
      accountUrl: known?.url ?? null,
    },
    signal,
  );
  for (const { verdict, findings } of looked) {
    for (const { message, evidence } of findings) {
      ports.log('WARNING', `${verdict === 'IMPOSSIBLE' ? 'Left out' : 'Tried all the same'}. ${message} (${evidence})`);
    }
  }
  return looked.flatMap(({ verdict, findings }) => (verdict === 'IMPOSSIBLE' ? findings.slice(0, 1) : []));
}

function proves(method: AcmeIssueRequest['challenges'][number], name: string): boolean {
  if (method.type === 'http-01') {
    return !name.startsWith('*.');
  }
  const bare = name.replace(/^\*\./, '');
  return method.domains.length === 0 || method.domains.some((domain) => bare === domain || bare.endsWith(`.${domain}`));
}
