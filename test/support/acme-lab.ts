import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AcmeNotIssued } from '../../src/certificates/domain/acme/issue-outcome.js';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import { defaultAccountKey } from '../../workers/acme/account-keys.js';
import { AcmePaths } from '../../workers/acme/acme-paths.js';
import { issueByAcme, type IssueResult } from '../../workers/acme/issue-by-acme.js';
import type { IssuePorts } from '../../workers/acme/issue-context.js';
import { anAcmeRequest } from './an-acme-request.js';
import { startChallengeResponder, type ChallengeResponder } from './challenge-responder.js';
import { startPebble, type Pebble, type PebbleOptions } from './pebble.js';

/** A CA, a web server that answers its challenges, and an empty `<root>/acme`. */
export interface AcmeLab {
  readonly pebble: Pebble;
  readonly web: ChallengeResponder;
  readonly root: string;
  readonly paths: AcmePaths;
  /** What was logged since the last `issue` began. */
  readonly lines: string[];
  /** Since it was started. */
  ordersMade(): number;
  request(changes?: Partial<AcmeIssueRequest>): AcmeIssueRequest;
  issue(changes?: Partial<AcmeIssueRequest>, ports?: Partial<IssuePorts>): Promise<IssueResult>;
  stop(): Promise<void>;
}

export async function startAcmeLab(options: PebbleOptions = {}): Promise<AcmeLab> {
  const root = await mkdtemp(join(tmpdir(), 'hler-acme-'));
  const paths = new AcmePaths(root);
  const pebble = await startPebble(options);
  const web = await startChallengeResponder(pebble.httpPort, paths.challenges);
  web.thumbprint = (await defaultAccountKey(paths)).thumbprint;
  const lines: string[] = [];
  const request: AcmeLab['request'] = (changes = {}) =>
    anAcmeRequest(pebble.ca, { servedThumbprints: [web.thumbprint], ...changes });
  return {
    pebble,
    web,
    root,
    paths,
    lines,
    ordersMade: () => pebble.output().match(/Added order/g)?.length ?? 0,
    request,
    issue(changes, ports = {}) {
      lines.length = 0;
      return issueByAcme(request(changes), {
        acmeDirectory: root,
        signal: new AbortController().signal,
        log: (_, message) => void lines.push(message),
        ...ports,
      });
    },
    async stop() {
      await web.stop();
      await pebble.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** What was said against an order: cause and name. @throws when it was issued */
export function refusal({ outcome }: IssueResult): AcmeNotIssued & { readonly causes: Record<string, string> } {
  if (outcome.status === 'ISSUED') {
    throw new Error('It was issued.');
  }
  const causes = outcome.problems.map(({ identifier, cause }) => [identifier?.value ?? 'order', cause] as const);
  return { ...outcome, causes: Object.fromEntries(causes) };
}

/** Empty when it was issued. */
export const problemsOf = ({ outcome }: IssueResult): AcmeNotIssued['problems'] =>
  'problems' in outcome ? outcome.problems : [];

export async function filesBelow(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

export async function orderState(lab: AcmeLab, certificateId: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(lab.paths.order(certificateId), 'utf8')) as Record<string, unknown>;
}
