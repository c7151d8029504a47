import { DomainError } from '../src/shared/domain-error.js';

/** What node throws where a signal ends it, in the terms of the product; everything else as it is. */
export function asCancelled(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted && error instanceof Error && error.name === 'AbortError'
    ? new DomainError('OPERATION_CANCELLED', 'The operation was cancelled before it was done.', { cause: error })
    : error;
}
