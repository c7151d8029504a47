import { setTimeout as pause } from 'node:timers/promises';
import { AcmeError, localError } from './acme-error.js';

/** Longer than this nobody waits in a thread: the time is written down, and the work given back until then. */
export const LONGEST_WAIT_MS = 30_000;
/** At 80 % of good nonces refused, one request of 13,000 needs more. Such a CA is slow, and it is not failing. */
const BAD_NONCES = 42;
const TRIES = 4;

export interface Patience {
  /** Asked again although the first may have had its effect (RFC 9110 §9.2.2). False where that would make a second thing. Default: true. */
  readonly repeatable?: boolean;
  readonly signal: AbortSignal;
}

/**
 * Asks until there is an answer: again after `badNonce`, and up to three times more after a broken connection, a 5xx or a 429 that asks
 * for no more than 30 s of patience. A longer wish is in the error's `retryAfter`. `ask` makes a new request each time. @throws AcmeError
 */
export async function patiently<T>(ask: () => Promise<T>, { repeatable = true, signal }: Patience): Promise<T> {
  let badNonces = 0;
  let tries = 0;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof AcmeError) || signal.aborted) {
        throw error;
      }
      if (error.problem.type === 'badNonce' && badNonces < BAD_NONCES) {
        badNonces += 1;
        await sleep(badNonces > 8 ? 20 : 0, signal);
        continue;
      }
      tries += 1;
      const waitMs = tries < TRIES ? patience(error, tries, repeatable) : undefined;
      if (waitMs === undefined) {
        throw error;
      }
      await sleep(waitMs, signal);
    }
  }
}

/** How long to wait before the same is asked again; undefined: it is not. */
function patience({ problem }: AcmeError, tries: number, repeatable: boolean): number | undefined {
  const backoff = 250 * 4 ** (tries - 1) * (0.75 + Math.random() / 2);
  const asked = problem.retryAfter === null ? undefined : Date.parse(problem.retryAfter) - Date.now();
  switch (problem.type) {
    // Nothing was sent: whatever it was, it is not there twice.
    case 'local:connectionRefused':
    case 'local:nameNotFound':
      return backoff;
    // It was closed while nobody used it: in all likelihood nothing has arrived.
    case 'local:connectionStale':
      return 0;
    case 'local:connectionLost':
    case 'local:notAcme':
      return repeatable ? backoff : undefined;
    default:
      if (problem.status === 429) {
        return asked !== undefined && asked <= LONGEST_WAIT_MS ? asked : undefined;
      }
      // Of the 5xx only a 503 that says when to come back says that nothing was done (RFC 9110 §15.6.4): behind a proxy's 502 or 504, the CA
      // may have done it.
      if (problem.status >= 500 && (repeatable || (problem.status === 503 && asked !== undefined))) {
        return asked === undefined ? backoff : asked <= LONGEST_WAIT_MS ? asked : undefined;
      }
      return undefined;
  }
}

/** @throws AcmeError local:cancelled */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(Math.max(ms, 0), undefined, { signal });
  } catch (error) {
    throw localError('local:cancelled', 'The wait was cancelled.', error);
  }
}
