/** Everything that this CA can do wrong on purpose, by name. What a fault needs to know is in its rule (`FaultRule`). */
export const FAULTS = {
  badNonce: 'A good nonce is refused (badNonce), and is used up.',
  rateLimited: '429 rateLimited without a bucket behind it. `retryAfter`: SECONDS, DATE, FORTY_DAYS, GARBAGE or NONE.',
  serverError:
    'A 5xx (`status`, else 500) before anything is done; `body`: PROBLEM, EMPTY_OBJECT, HTML. With `retryAfter`.',
  hang: 'The request is taken and never answered.',
  slowDrip: 'The answer comes in small pieces, over `delayMs`.',
  tlsReset: 'The connection is reset before anything is done.',
  lostAnswer: 'Everything is done, then the connection is reset instead of an answer.',
  truncatedJson: 'The body ends in its middle, in a complete HTTP message.',
  processing: 'A finalized order stays `processing` for `polls` more looks.',
  orderReuse: 'A new order for names that have a pending or ready one is that one.',
  authzReuse: 'A new order uses the valid authorizations that the account has.',
  readyWithoutCertificate: 'A finalized order says `ready` again for `polls` looks, without a certificate.',
  validWithoutCertificate: 'A finalized order says `valid`, with no certificate URL, for `polls` looks.',
  wrongChainOrder: 'The chain is sent before the leaf.',
  missingName: 'The certificate lacks the last name of the order.',
  stagingRoot: 'The certificate is from the staging hierarchy.',
  alreadyReplaced: 'An order with `replaces` is refused: alreadyReplaced, 409.',
  accountDoesNotExist: 'The account is not known any more.',
  userActionRequired: 'New terms of service must be agreed to.',
  paused: 'The account is paused for the names of the order, with the URL to unpause it.',
  caa: 'A CAA record forbids issuance; at validation, or at finalize where `operations` says so.',
  subproblems: 'A new order is refused, with a sub-problem for each of `names`, or for the last name.',
  revoked: 'The certificate is revoked as soon as it is issued, and its ARI window is past.',
  windowMoved: 'The ARI window is moved by `byMs` (a day earlier when not said) from its next look on.',
  duplicateCertificateUrl: 'An order points to the certificate of the last order of the account.',
  idnaCase: 'Identifiers come back in upper case, or as U-labels.',
  validationFails: 'A validation that would succeed fails: the CA could not connect.',
} as const;

export type FaultName = keyof typeof FAULTS;
export type RetryAfterForm = 'SECONDS' | 'DATE' | 'FORTY_DAYS' | 'GARBAGE' | 'NONE';

/** When a fault happens, and how. */
export interface FaultRule {
  readonly fault: FaultName;
  /** Of each occasion; 1 when not said. */
  readonly probability?: number;
  /** How many occasions are let pass first. */
  readonly after?: number;
  /** It happens so often, then never again. */
  readonly times?: number;
  /** Only in these operations, such as `newOrder`. */
  readonly operations?: readonly string[];
  /** Only where one of these identifiers is concerned. */
  readonly names?: readonly string[];
  readonly retryAfter?: RetryAfterForm;
  readonly status?: number;
  readonly body?: 'PROBLEM' | 'EMPTY_OBJECT' | 'HTML';
  readonly polls?: number;
  readonly delayMs?: number;
  readonly byMs?: number;
}

export function isFaultName(name: unknown): name is FaultName {
  return typeof name === 'string' && Object.hasOwn(FAULTS, name);
}

/** A value of Retry-After: as it should be, or as it should not. */
export function retryAfterValue(form: RetryAfterForm, now: Date): string | undefined {
  const values: Readonly<Record<RetryAfterForm, string | undefined>> = {
    SECONDS: '2',
    DATE: new Date(now.getTime() + 2_000).toUTCString(),
    FORTY_DAYS: String(40 * 86_400),
    GARBAGE: 'soon; or -1e999',
    NONE: undefined,
  };
  return values[form];
}
