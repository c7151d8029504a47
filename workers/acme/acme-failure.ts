import type { AcmeNotIssued } from '../../src/certificates/domain/acme/issue-outcome.js';
import { explainProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { later, NEVER } from '../../src/shared/failure.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { AcmeError } from './acme-error.js';

const SHOWN = 3;
/** As long as a CA may fail on its own side before the next one is asked. */
const PATIENCE_MS = 15 * 60_000;

/**
 * The failure of a task: ACME_UNAVAILABLE when nothing is wrong with the names and the CA may do it later, else ACME_REFUSED.
 * Where another CA can be asked the next time, nobody waits long for this one. `details` is the outcome: problems by name, the names that nothing speaks against, when to try again.
 */
export function notIssuedError(outcome: AcmeNotIssued, now: Date, mayAskAnother = false): DomainError {
  const { problems, caSide, unaffected } = outcome;
  const retryAt = caSide && mayAskAnother ? withinPatience(outcome.retryAt, now) : outcome.retryAt;
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

/** A CA that is not the only one may ask for less patience, and for none at all where it is not going to mend. */
function withinPatience(retryAt: string | null, now: Date): string {
  const latest = new Date(now.getTime() + (retryAt === null ? 0 : PATIENCE_MS)).toISOString();
  return retryAt === null || retryAt > latest ? latest : retryAt;
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
