import { spread, type Random } from '../../../shared/random.js';
import type { Validity } from '../validity.js';
import type { RenewalFailure } from './fault.js';
import { DAY_MS, MINUTE_MS, after } from './life.js';

const STEPS_MS = [MINUTE_MS, 10 * MINUTE_MS, 100 * MINUTE_MS] as const;
const LAST_STEP_MS = STEPS_MS[2];
const SPREAD = 0.2;
/** A CA that asks for more than a week has said something wrong (or something for the second CA). */
const LONGEST_RETRY_AFTER_MS = 7 * DAY_MS;
/** When little life is left, a day is too long: a CA that is back must be noticed. */
const SHARE_OF_WHAT_IS_LEFT = 0.1;

/**
 * When to try again after the `failures`-th failure in a row: 1, 10, 100 minutes, then daily, give or take a fifth. What
 * the CA asks for wins. Where the subscriber is not at fault the daily step shrinks to a tenth of the life that is left, but
 * not below 100 minutes: six days of life have no room for waiting one.
 */
export function nextAttempt(
  failures: number,
  { side, retryAfter }: RenewalFailure,
  validity: Validity | null,
  now: Date,
  random: Random,
): Date {
  if (retryAfter !== null && retryAfter > now) {
    return new Date(Math.min(retryAfter.getTime(), now.getTime() + LONGEST_RETRY_AFTER_MS));
  }
  const step = STEPS_MS[failures - 1] ?? (side === 'SUBSCRIBER' ? DAY_MS : dailyStep(validity, now));
  return after(now, Math.round(spread(step, SPREAD, random)));
}

function dailyStep(validity: Validity | null, now: Date): number {
  if (validity === null) {
    return DAY_MS;
  }
  const left = validity.notAfter.getTime() - now.getTime();
  return left <= 0 ? LAST_STEP_MS : Math.min(DAY_MS, Math.max(LAST_STEP_MS, left * SHARE_OF_WHAT_IS_LEFT));
}
