import { AcmeError } from './acme-error.js';
import type { AcmeAnswer } from './ca-connection.js';
import { LONGEST_WAIT_MS, sleep } from './patiently.js';
import { localProblem, type LocalProblemType } from '../../src/certificates/domain/acme/problem.js';

/** Before each ask: often in the first second, in which most are ready; then once a second, unless the CA says when. */
const WAITS_MS = [5, 10, 25, 50, 100, 200, 400];
const STEADY_MS = 1_000;

export interface Polling<T> {
  /** Asks once. */
  readonly ask: () => Promise<{ readonly value: T; readonly answer: AcmeAnswer }>;
  readonly isDone: (value: T) => boolean;
  /** What is known already; asked only when that is not done. */
  readonly first?: T;
  readonly timeoutMs: number;
  readonly onTimeout: { readonly type: LocalProblemType; readonly detail: string };
  readonly signal: AbortSignal;
}

/** Asks until it is done, at the pace that the CA wishes. @throws AcmeError; with `retryAfter` when the CA wishes more than 30 s */
export async function poll<T>({ ask, isDone, first, timeoutMs, onTimeout, signal }: Polling<T>): Promise<T> {
  if (first !== undefined && isDone(first)) {
    return first;
  }
  const deadline = Date.now() + timeoutMs;
  // It has just been told to begin: asked at once, it could only say that it is at it.
  let waitMs = WAITS_MS[0] ?? STEADY_MS;
  for (let round = 1; ; round += 1) {
    await sleep(waitMs, signal);
    const { value, answer } = await ask();
    if (isDone(value)) {
      return value;
    }
    const asked = answer.retryAfter === undefined ? undefined : answer.retryAfter.getTime() - Date.now();
    waitMs = asked ?? WAITS_MS[round] ?? STEADY_MS;
    if (waitMs > LONGEST_WAIT_MS || Date.now() + waitMs > deadline) {
      const retryAfter = answer.retryAfter?.toISOString() ?? null;
      throw new AcmeError({ ...localProblem(onTimeout.type, onTimeout.detail), retryAfter });
    }
  }
}
