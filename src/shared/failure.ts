import type { ErrorCode } from './error-catalogue.js';
import type { PlainObject } from './plain.js';

/**
 * Whether trying the same thing again can help. `NEVER`: something has to change first.
 * `LATER`: the world may have changed by itself after `afterMs` milliseconds.
 */
export type Retry = { readonly policy: 'NEVER' } | { readonly policy: 'LATER'; readonly afterMs: number };

export const NEVER: Retry = { policy: 'NEVER' };
export const later = (afterMs: number): Retry => ({ policy: 'LATER', afterMs });

/**
 * A failure as plain data: what an operation keeps, what crosses threads and queues.
 * `summary` says what went wrong with which object, `hint` what to do next. Neither holds a secret or raw stderr.
 */
export interface Failure {
  readonly code: ErrorCode;
  readonly summary: string;
  readonly hint: string;
  readonly details?: PlainObject;
  readonly retry: Retry;
}
