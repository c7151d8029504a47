import { ACME_CAUSES } from '../../src/certificates/domain/acme/cause.js';
import {
  attributeToNames,
  explainProblem,
  type ExplainedProblem,
} from '../../src/certificates/domain/acme/explain-problem.js';
import { identifierKey } from '../../src/certificates/domain/acme/identifier.js';
import type { AcmeNotIssued } from '../../src/certificates/domain/acme/issue-outcome.js';
import type { AcmeIdentifier, AcmeProblem } from '../../src/certificates/domain/acme/problem.js';
import { AcmeError } from './acme-error.js';
import type { OrderFile } from './order-file.js';
import { OrderProblems } from './order-problems.js';

interface Situation {
  readonly file: OrderFile;
  readonly identifiers: readonly AcmeIdentifier[];
  readonly now: Date;
}

/**
 * What a failed order comes to. The order's state is kept when the same order can still succeed, with the time that the CA asked for; else
 * it is removed, so that the next try begins anew. Undefined for an error that is not the CA's.
 */
export async function notIssued(
  error: unknown,
  { file, identifiers, now }: Situation,
): Promise<AcmeNotIssued | undefined> {
  const found = explained(error, now);
  if (found === undefined) {
    return undefined;
  }
  const problems = found.flatMap((problem) => attributeToNames(problem, identifiers));
  const orderKept = await settle(error, file);
  const failed = new Set(
    problems.flatMap(({ identifier }) => (identifier === null ? [] : [identifierKey(identifier)])),
  );
  return {
    status: 'NOT_ISSUED',
    problems,
    unaffected: identifiers.filter((identifier) => !failed.has(identifierKey(identifier))).map(({ value }) => value),
    retryAt: earliestOf(problems),
    caSide: problems.every(({ identifier, cause }) => identifier === null && CA_SIDE.has(cause)),
    orderKept,
  };
}

/** Faults that another CA would not have. */
const CA_SIDE = new Set<string>([
  ...Object.entries(ACME_CAUSES)
    .filter(([, { owner }]) => owner === 'CA')
    .map(([name]) => name),
  'CA_UNREACHABLE',
  'CA_NOT_TRUSTED',
  'ACCOUNT_BLOCKED',
  'EXTERNAL_ACCOUNT_INVALID',
  'PROFILE_UNKNOWN',
]);

function explained(error: unknown, now: Date): readonly ExplainedProblem[] | undefined {
  if (error instanceof AcmeError) {
    return explainProblem(error.problem, now);
  }
  if (error instanceof OrderProblems) {
    return [...error.problems.flatMap((problem) => explainProblem(problem, now)), ...error.objections];
  }
  const aborted = error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError');
  return aborted
    ? explainProblem(
        {
          type: 'local:cancelled',
          status: 0,
          detail: error.message,
          subproblems: [],
          identifier: null,
          retryAfter: null,
          instance: null,
        },
        now,
      )
    : undefined;
}

/** A problem that ends the order for good takes its state with it; what was presented and could not be removed keeps it alive. */
async function settle(error: unknown, file: OrderFile): Promise<boolean> {
  const { state } = file;
  if (state === undefined) {
    return false;
  }
  if (error instanceof AcmeError && canGoOn(error.problem)) {
    const { retryAfter } = error.problem;
    await file.save({ notBefore: retryAfter, notBeforeProblem: error.problem });
    return state.orderUrl !== null;
  }
  await (state.presented.length > 0 ? file.save({ orderUrl: null, step: 'ORDERING' }) : file.remove());
  return false;
}

function canGoOn({ type, status, detail }: AcmeProblem): boolean {
  if (type === 'local:badMaterial') {
    return /valid only from/.test(detail);
  }
  const lasting = ['local:termsNotAgreed', 'local:profileUnknown', 'local:noChallenge', 'local:stagingChain'];
  return (type.startsWith('local:') && !lasting.includes(type)) || status === 429 || status >= 500;
}

/** All of them have to be out of the way: the latest. Null when one does not go away by itself. */
function earliestOf(problems: readonly ExplainedProblem[]): string | null {
  const times = problems.map(({ retryAt }) => retryAt);
  return times.includes(null)
    ? null
    : (times
        .filter((time) => time !== null)
        .toSorted()
        .at(-1) ?? null);
}
