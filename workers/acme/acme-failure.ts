import type { AcmeNotIssued } from '../../src/certificates/domain/acme/issue-outcome.js';
import { explainProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { later, NEVER } from '../../src/shared/failure.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { AcmeError } from './acme-error.js';

const SHOWN = 3;

/**
 * The failure of a task: ACME_UNAVAILABLE when nothing is wrong with the names and the CA may do it later, else ACME_REFUSED.
 * `details` is the outcome: problems by name, the names that nothing speaks against, when to try again.
 */
export function notIssuedError(outcome: AcmeNotIssued, now: Date): DomainError {
  const { problems, retryAt, caSide, unaffected } = outcome;
  if (problems.some(({ cause }) => cause === 'CANCELLED')) {
    return new DomainError('OPERATION_CANCELLED', 'The operation was cancelled before the certificate was issued.');
  }
  const shown = problems
    .slice(0, SHOWN)
    .map(({ message, evidence }) => (evidence === '' ? message : `${message} (${evidence.slice(0, 300)})`));
  const more = problems.length > SHOWN ? ` And ${problems.length - SHOWN} more.` : '';
  const others = unaffected.length > 0 && problems.some(({ identifier }) => identifier !== null);
  const rest = others ? ` Nothing speaks against ${unaffected.length} of the names.` : '';
  return new DomainError(
    caSide && retryAt !== null ? 'ACME_UNAVAILABLE' : 'ACME_REFUSED',
    `The certificate was not issued. ${shown.join(' ')}${more}${rest}`,
    {
      details: outcome as unknown as PlainObject,
      hint: problems[0]?.remedy ?? '',
      retry: retryAt === null ? NEVER : later(Math.max(Date.parse(retryAt) - now.getTime(), 0)),
    },
  );
}

/** What went wrong outside of an order, for people. Other errors are returned unchanged. */
export function acmeFailure(error: unknown, what: string, now: Date): unknown {
  if (!(error instanceof AcmeError)) {
    return error;
  }
  const problems = explainProblem(error.problem, now);
  const [first] = problems;
  if (first?.cause === 'CANCELLED') {
    return new DomainError('OPERATION_CANCELLED', `The operation was cancelled before ${what}.`);
  }
  const retryAt = first?.retryAt ?? null;
  const message = `${first?.message ?? ''} (${error.problem.detail.slice(0, 300)})`;
  return new DomainError(
    first?.owner === 'CA' || first?.cause === 'CA_UNREACHABLE' ? 'ACME_UNAVAILABLE' : 'ACME_REFUSED',
    message,
    {
      details: { problems } as unknown as PlainObject,
      hint: first?.remedy ?? '',
      retry: retryAt === null ? NEVER : later(Math.max(Date.parse(retryAt) - now.getTime(), 0)),
      cause: error,
    },
  );
}
