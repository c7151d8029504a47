import type { Random } from '../../../shared/random.js';
import type { LimitReached } from '../rate-limits/order-budget.js';
import type { Validity } from '../validity.js';
import { shouldSwitchCa, type CaFailures } from './ca-failover.js';
import type { RenewalFailure } from './fault.js';
import { HOUR_MS, after, shareLeft } from './life.js';
import { timeByLife, timeInWindow, type RenewalWindow } from './renewal-time.js';
import { nextAttempt } from './retry-ladder.js';

/** What is remembered of a certificate between two looks at it. Plain data; kept in the database. */
export interface RenewalState {
  /** The moment chosen for its renewal; null until it is planned. */
  readonly renewAt: Date | null;
  readonly window: RenewalWindow | null;
  /** When its issuer was last asked for advice, and when it is to be asked again. */
  readonly advisedAt: Date | null;
  readonly nextAdviceAt: Date | null;
  /** Failures since it was last renewed. */
  readonly failures: number;
  /** The last of them, as far as the subscriber had to mend something. */
  readonly subscriberFailures: number;
  readonly nextAttemptAt: Date | null;
  /** Which CA of its provider's list is asked; 0 is the first choice. */
  readonly ca: number;
  readonly caFailures: CaFailures | null;
  /** How many times another CA was turned to since it was last renewed. */
  readonly caSwitches: number;
  /** It is time, and a limit of the CA is in the way. */
  readonly waitsFor: LimitReached | null;
}

export const UNPLANNED: RenewalState = {
  renewAt: null,
  window: null,
  advisedAt: null,
  nextAdviceAt: null,
  failures: 0,
  subscriberFailures: 0,
  nextAttemptAt: null,
  ca: 0,
  caFailures: null,
  caSwitches: 0,
  waitsFor: null,
};

/** What an issuer answered (RFC 9773 §4.1): its window, and when it wants to be asked again. */
export interface RenewalAdvice {
  readonly window: RenewalWindow;
  readonly askAgainAt: Date;
}

const ASK_AGAIN_MS = 6 * HOUR_MS;
/** As long as no window is known at all. */
const ASK_AGAIN_UNKNOWN_MS = HOUR_MS / 2;
const SOONEST_AGAIN_MS = 60_000;
const LATEST_AGAIN_MS = 24 * HOUR_MS;

/** The state of a certificate that has just been made or renewed. */
export function planned(validity: Validity, isAdvised: boolean, now: Date, random: Random): RenewalState {
  return { ...UNPLANNED, renewAt: timeByLife(validity, random), nextAdviceAt: isAdvised ? now : null };
}

/**
 * After its issuer was asked; `advice` is null when it had none or did not answer. A window that has not moved keeps the
 * moment chosen in it: to choose anew at every look would choose the earliest of many.
 */
export function advised(
  state: RenewalState,
  advice: RenewalAdvice | null,
  validity: Validity,
  now: Date,
  random: Random,
): RenewalState {
  if (advice === null) {
    const pause = state.window === null ? ASK_AGAIN_UNKNOWN_MS : ASK_AGAIN_MS;
    return { ...state, advisedAt: now, nextAdviceAt: after(now, pause) };
  }
  const { window } = advice;
  const again = Math.min(LATEST_AGAIN_MS, Math.max(SOONEST_AGAIN_MS, advice.askAgainAt.getTime() - now.getTime()));
  const hasMoved =
    state.window?.start.getTime() !== window.start.getTime() || state.window.end.getTime() !== window.end.getTime();
  return {
    ...state,
    window,
    advisedAt: now,
    nextAdviceAt: after(now, again),
    ...(hasMoved && { renewAt: timeInWindow(window, validity, now, random) }),
  };
}

/** After an attempt that failed, with `cas` CAs to choose from. */
export function failed(
  state: RenewalState,
  failure: RenewalFailure,
  validity: Validity | null,
  cas: number,
  now: Date,
  random: Random,
): RenewalState {
  const failures = state.failures + 1;
  const subscriberFailures = failure.side === 'SUBSCRIBER' ? state.subscriberFailures + 1 : 0;
  // A check that fails once at the end of an outage is no reason to wait for a day.
  const step = failure.side === 'SUBSCRIBER' ? subscriberFailures : failures;
  const caFailures: CaFailures | null =
    failure.side === 'CA'
      ? { count: (state.caFailures?.count ?? 0) + 1, firstAt: state.caFailures?.firstAt ?? now }
      : null;
  const left = validity === null ? 1 : shareLeft(validity, now);
  if (cas > 1 && shouldSwitchCa(caFailures, left, now)) {
    const isUntried = state.caSwitches + 1 < cas;
    const ladder = nextAttempt(failures, { ...failure, retryAfter: null }, validity, now, random);
    return {
      ...state,
      failures,
      subscriberFailures,
      ca: (state.ca + 1) % cas,
      caFailures: null,
      caSwitches: state.caSwitches + 1,
      nextAttemptAt: isUntried ? now : ladder,
    };
  }
  const nextAttemptAt = nextAttempt(step, failure, validity, now, random);
  return { ...state, failures, subscriberFailures, caFailures, nextAttemptAt };
}
