import { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue.js';
import { NEVER, type Failure, type Retry } from './failure.js';
import type { PlainObject } from './plain.js';

export interface DomainErrorOptions {
  readonly details?: PlainObject;
  readonly retry?: Retry;
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The one error class of the product. `code` is stable for ever and listed in docs/errors.md;
 * `message` is for the person who must act: what, which object, what to do next.
 */
export class DomainError extends Error {
  readonly code: ErrorCode;
  readonly details: PlainObject;
  readonly retry: Retry;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, options: DomainErrorOptions = {}) {
    super(message, { cause: options.cause });
    this.name = 'DomainError';
    this.code = code;
    this.details = options.details ?? {};
    this.retry = options.retry ?? NEVER;
    this.hint = options.hint ?? ERROR_CATALOGUE[code].hint;
  }
}

/** The same error as data, for an operation, a thread or a queue. */
export function toFailure(error: DomainError): Failure {
  return { code: error.code, summary: error.message, hint: error.hint, details: error.details, retry: error.retry };
}

/** An error again, where a failure has to be thrown on this side of the boundary. */
export function fromFailure(failure: Failure): DomainError {
  return new DomainError(failure.code, failure.summary, {
    details: failure.details ?? {},
    retry: failure.retry,
    hint: failure.hint,
  });
}
