import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { AcmeIssueRequest } from '../../src/certificates/domain/acme/issue-request.js';
import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import { atomicWrite, ensureDirectory } from '../system/atomic-write.js';
import { ifPresent } from '../tls/private-files.js';
import { AcmePaths } from './acme-paths.js';
import { issueByAcme, type IssueResult } from './issue-by-acme.js';
import type { IssuePorts } from './issue-context.js';

/** Orders for one certificate in one operation: what fails after that waits for the next. */
const MAX_ORDERS = 3;

/** What is known against a name before the CA is asked. */
export type Foresight = (names: readonly string[]) => Promise<readonly ExplainedProblem[]>;

export interface ProvableResult {
  /** Null: none of the names that it was to be for can be proved, and no certificate was asked for. */
  readonly result: IssueResult | null;
  /** Why names of the request are not in the certificate: one entry each. */
  readonly leftOut: readonly ExplainedProblem[];
}

/**
 * One dead name does not cost the others their certificate: names that are known to fail are not ordered at all, and those that fail at
 * the CA are left out of a second order, for which the others need not be proved again where the CA remembers. What was left out is on the
 * disk before it is acted upon: killed and called again by the same operation, it goes on with the same order; where nothing was left out,
 * names are looked at once more. Another operation tries all names again. When nothing can be issued, the result is that of the whole. `onlyWith`: without at least one of these names (empty:
 * of all) none is wanted.
 */
export async function issueForProvableNames(
  request: AcmeIssueRequest,
  operationId: string,
  ports: IssuePorts,
  foresee: Foresight,
  onlyWith: readonly string[] = [],
): Promise<ProvableResult> {
  const record = new LeftOutFile(new AcmePaths(ports.acmeDirectory), request, operationId);
  let leftOut = await record.read();
  if (leftOut === undefined) {
    leftOut = await foresee(request.names);
    if (leftOut.length > 0) {
      await record.write(leftOut);
    }
  }
  for (let order = 1; ; order += 1) {
    const names = without(request.names, leftOut);
    if (onlyWith.length > 0 && !onlyWith.some((name) => names.includes(name))) {
      return { result: null, leftOut };
    }
    if (names.length === 0) {
      return { result: { outcome: nothingToOrder(leftOut) }, leftOut: [] };
    }
    const result = await issueByAcme({ ...request, names }, ports);
    const dead = 'privateKey' in result ? [] : aboutNames(result.outcome.problems);
    if ('privateKey' in result || dead.length === 0 || order === MAX_ORDERS || dead.length === names.length) {
      return { result, leftOut };
    }
    for (const { message, remedy } of dead) {
      ports.log('WARNING', `It is ordered without this name. ${message} ${remedy}`);
    }
    leftOut = [...leftOut, ...dead];
    await record.write(leftOut);
  }
}

/** What the last run of this operation left out. */
export async function readLeftOut(
  acmeDirectory: string,
  request: LeftOutBy,
  operationId: string,
): Promise<readonly ExplainedProblem[]> {
  return (await new LeftOutFile(new AcmePaths(acmeDirectory), request, operationId).read()) ?? [];
}

const leftOutPath = (paths: AcmePaths, certificateId: string): string => `${paths.order(certificateId)}-left-out`;

/** Another CA may well take what this one does not (CAA). */
type LeftOutBy = Pick<AcmeIssueRequest, 'certificateId' | 'ca'>;

const stored = z.object({
  operationId: z.string(),
  directoryUrl: z.string().default(''),
  leftOut: z.array(z.looseObject({ cause: z.string() })),
});

class LeftOutFile {
  private readonly path: string;

  constructor(
    private readonly paths: AcmePaths,
    private readonly request: LeftOutBy,
    private readonly operationId: string,
  ) {
    this.path = leftOutPath(paths, request.certificateId);
  }

  /** Undefined when this operation has not come so far. */
  async read(): Promise<readonly ExplainedProblem[] | undefined> {
    const text = await ifPresent(readFile(this.path, 'utf8'));
    const read = text === undefined ? undefined : stored.safeParse(JSON.parse(text));
    return read?.data?.operationId === this.operationId && read.data.directoryUrl === this.request.ca.directoryUrl
      ? (read.data.leftOut as unknown as readonly ExplainedProblem[])
      : undefined;
  }

  async write(leftOut: readonly ExplainedProblem[]): Promise<void> {
    await ensureDirectory(this.paths.orders, 0o700);
    const { directoryUrl } = this.request.ca;
    const content = JSON.stringify({ operationId: this.operationId, directoryUrl, leftOut });
    await atomicWrite({ path: this.path, content, mode: 0o600 });
  }
}

function without(names: readonly string[], leftOut: readonly ExplainedProblem[]): readonly string[] {
  const dead = new Set(leftOut.map(({ identifier }) => identifier?.value));
  return names.filter((name) => !dead.has(name));
}

function aboutNames(problems: readonly ExplainedProblem[]): readonly ExplainedProblem[] {
  const first = new Map(problems.flatMap((one) => (one.identifier ? [[one.identifier.value, one] as const] : [])));
  return [...first.values()];
}

function nothingToOrder(problems: readonly ExplainedProblem[]) {
  const times = problems.map(({ retryAt }) => retryAt).filter((time) => time !== null);
  return {
    status: 'NOT_ISSUED',
    problems,
    unaffected: [],
    retryAt: times.toSorted().at(-1) ?? null,
    caSide: false,
    orderKept: false,
  } as const;
}
