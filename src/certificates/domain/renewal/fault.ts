import type { OperationFailure } from '../../../operations/index.js';
import { problemsIn } from '../acme/problems-in.js';

/**
 * Whose fault a failed attempt was, which decides what comes next. `CA`: it was down, slow or wrong; another CA may help.
 * `SUBSCRIBER`: DNS, CAA, the challenge; another CA would find the same. `LIMIT`: the CA wants fewer requests. `LOCAL`: ours
 * (a full disk, a web server that does not reload).
 */
export type FaultSide = 'CA' | 'SUBSCRIBER' | 'LIMIT' | 'LOCAL';

export interface RenewalFailure {
  readonly side: FaultSide;
  /** What the CA said (RFC 9110 §10.2.3), as a moment; null when it said nothing usable. */
  readonly retryAfter: Date | null;
}

/** Problem types of RFC 8555 §6.7 and RFC 9773 §7.4 that name something the subscriber must mend. */
const SUBSCRIBER_PROBLEMS: ReadonlySet<string> = new Set([
  'caa',
  'connection',
  'dns',
  'externalAccountRequired',
  'incorrectResponse',
  'invalidContact',
  'rejectedIdentifier',
  'tls',
  'unauthorized',
  'unsupportedContact',
  'unsupportedIdentifier',
  'userActionRequired',
]);
const LOCAL_PROBLEMS: ReadonlySet<string> = new Set([
  'accountDoesNotExist',
  'alreadyRevoked',
  'badCSR',
  'badPublicKey',
  'badSignatureAlgorithm',
  'invalidProfile',
  'malformed',
]);

/** By the last word of an ACME problem's type; what is not known is the CA's, as is no answer at all (null). */
export function faultSide(problem: string | null): FaultSide {
  const word = problem?.split(':').at(-1) ?? '';
  if (word === 'rateLimited') {
    return 'LIMIT';
  }
  if (SUBSCRIBER_PROBLEMS.has(word)) {
    return 'SUBSCRIBER';
  }
  return LOCAL_PROBLEMS.has(word) ? 'LOCAL' : 'CA';
}

/** Of an operation that was to get a certificate; null: nothing is known of it. What stops it before or beside the CA is ours. */
export function sideOfFailure(failure: OperationFailure | null): FaultSide {
  const causes = problemsIn(failure).map(({ cause }) => String(cause));
  if (causes.some((cause) => cause.includes('RATE_LIMITED'))) {
    return 'LIMIT';
  }
  if (failure?.code === 'ACME_UNAVAILABLE' || failure?.details?.['caSide'] === true) {
    return 'CA';
  }
  return failure?.code === 'ACME_REFUSED' ? 'SUBSCRIBER' : 'LOCAL';
}
