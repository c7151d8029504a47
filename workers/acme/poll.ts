import { AcmeError } from './acme-error.js';
import type { AcmeAnswer } from './ca-connection.js';
import { LONGEST_WAIT_MS, sleep } from './patiently.js';
import { localProblem, type LocalProblemType } from '../../src/certificates/domain/acme/problem.js';

/** The first wait, whatever the pace; each is twice as long as the one before, up to once a second, unless the CA says when. */
const FIRST_MS = { least: 2, most: 250 } as const;
const STEADY_MS = 1_000;

export interface Polling<T> {
  /** Asks once. */
  readonly ask: () => Promise<{ readonly value: T; readonly answer: AcmeAnswer }>;
  readonly isDone: (value: T) => boolean;
  /** What is known already; asked only when that is not done. */
  readonly first?: T;
  /** How long the CA takes for an answer, in ms: nothing is gained by asking a distant one as often as one next door. */
  readonly paceMs: number;
  readonly timeoutMs: number;
  readonly onTimeout: { readonly type: LocalProblemType; readonly detail: string };
  readonly signal: AbortSignal;
}

/** Asks until it is done, at the pace that the CA wishes. @throws AcmeError; with `retryAfter` when the CA wishes more than 30 s */
export async function poll<T>({ ask, isDone, first, paceMs, timeoutMs, onTimeout, signal }: Polling<T>): Promise<T> {
  if (first !== undefined && isDone(first)) {
    return first;
  }
  const deadline = Date.now() + timeoutMs;
  // It has just been told to begin: asked at once, it could only say that it is at it.
  let ownMs = Math.min(Math.max(2 * paceMs, FIRST_MS.least), FIRST_MS.most);
  let waitMs = ownMs;
  for (;;) {
    await sleep(waitMs, signal);
    const { value, answer } = await ask();
    if (isDone(value)) {
      return value;
    }
    const asked = answer.retryAfter === undefined ? undefined : answer.retryAfter.getTime() - Date.now();
    ownMs = Math.min(2 * ownMs, STEADY_MS);
    waitMs = asked ?? ownMs;
    if (waitMs > LONGEST_WAIT_MS || Date.now() + waitMs > deadline) {
      const retryAfter = answer.retryAfter?.toISOString() ?? null;
      throw new AcmeError({ ...localProblem(onTimeout.type, onTimeout.detail), retryAfter });
    }
  }
}
