import { hasSucceeded, type Operation, type OperationFailure } from '../../../operations/index.js';
import type { AcmeCause } from '../acme/cause.js';
import { nameOf, problemsIn } from '../acme/problems-in.js';
import { onlyWith } from '../only-with.js';

/** Names whose authorization has failed at the CA in an operation, each once: not those that were left out before it was asked. */
export function refusedAtCa({ warnings, failure }: Pick<Operation, 'warnings' | 'failure'>): readonly string[] {
  return [...new Set([...warnings.filter(isOfCa).flatMap(leftOut), ...namesIn(failure)])];
}

/** A certificate came of it: it has succeeded, and not by finding that it was not worth it. */
export function hasIssued(operation: Operation): boolean {
  const missing = operation.warnings.flatMap(leftOut);
  const wanted = onlyWith(operation);
  return hasSucceeded(operation.state) && (wanted.length === 0 || wanted.some((name) => !missing.includes(name)));
}

/** Why a name never came before the CA, although an order for it did. */
const NOT_PUT_TO_CA: ReadonlySet<unknown> = new Set<AcmeCause>(['NO_CHALLENGE', 'CHALLENGE_NOT_PRESENTED']);

const isOfCa = ({ details }: OperationFailure): boolean =>
  details?.['foreseen'] !== true && !NOT_PUT_TO_CA.has(details?.['cause']);

function leftOut({ code, details }: OperationFailure): readonly string[] {
  const name = details?.['name'];
  return code === 'CERTIFICATE_NAME_LEFT_OUT' && typeof name === 'string' ? [name] : [];
}

function namesIn(failure: OperationFailure | null): readonly string[] {
  return problemsIn(failure)
    .filter(({ foreseen, cause }) => foreseen !== true && !NOT_PUT_TO_CA.has(cause))
    .flatMap((problem) => nameOf(problem) ?? []);
}
