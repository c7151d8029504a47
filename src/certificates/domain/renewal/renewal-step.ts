import type { Validity } from '../validity.js';
import { MINUTE_MS, after, earliest } from './life.js';
import { nextThreshold } from './renewal-alarm.js';
import type { RenewalPolicy } from '../provider-kinds/provider-kind.js';
import type { RenewalState } from './renewal-state.js';

/** What is to be done about a certificate now. `WAIT` until null: nothing more will have to be done. */
export type RenewalStep =
  | { readonly action: 'PLAN' }
  | { readonly action: 'ASK_ADVICE' }
  | { readonly action: 'RENEW' }
  | { readonly action: 'WAIT'; readonly until: Date | null };

/** How long before the chosen moment the issuer is asked once more: its window may have moved. */
const LAST_QUESTION_MS = 5 * MINUTE_MS;

/**
 * Decides for a certificate that is in force. Pure; asked again at any time it gives the same answer, so a look too many
 * costs nothing. `WAIT` also ends when an alarm may fall due.
 */
export function renewalStep(policy: RenewalPolicy, state: RenewalState, validity: Validity, now: Date): RenewalStep {
  if (!policy.automatic) {
    return { action: 'WAIT', until: nextThreshold(validity, now) };
  }
  const attemptAt = state.nextAttemptAt ?? state.renewAt;
  if (attemptAt === null) {
    return { action: 'PLAN' };
  }
  const questionAt = policy.advised ? nextQuestion(state, attemptAt) : null;
  if (questionAt !== null && questionAt <= now) {
    return { action: 'ASK_ADVICE' };
  }
  return attemptAt <= now
    ? { action: 'RENEW' }
    : { action: 'WAIT', until: earliest([attemptAt, questionAt, nextThreshold(validity, now)]) };
}

function nextQuestion(state: RenewalState, attemptAt: Date): Date | null {
  const lastQuestionAt = after(attemptAt, -LAST_QUESTION_MS);
  const isFirstAttempt = state.nextAttemptAt === null;
  const wasAskedLast = state.advisedAt !== null && state.advisedAt >= lastQuestionAt;
  return earliest([state.nextAdviceAt, isFirstAttempt && !wasAskedLast ? lastQuestionAt : null]);
}
