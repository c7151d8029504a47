import type { Random } from '../../../shared/random.js';
import type { Validity } from '../validity.js';
import { DAY_MS, after, lifeMs, momentWithLeft } from './life.js';

/** When an issuer suggests to renew (RFC 9773 §4.2). */
export interface RenewalWindow {
  readonly start: Date;
  readonly end: Date;
}

/** The last quarter of a window is for retries: an attempt that fails at its end could only be repeated outside it. */
const USABLE_SHARE = 0.75;
const SHORT_LIFE_MS = 10 * DAY_MS;
/** How much earlier, as a share of its life, a renewal may be: certificates made together are not renewed together. */
const EARLIER_SHARE = 0.05;
/** No advice may put a renewal off beyond this: what is left is for outages, and the first alarm is due here. */
const LATEST_WITH_LEFT = 0.25;

/** Without advice: two thirds of its life, or half of one of less than ten days, and up to a twentieth of it earlier. */
export function timeByLife(validity: Validity, random: Random): Date {
  const life = lifeMs(validity);
  const ideal = life < SHORT_LIFE_MS ? 1 / 2 : 1 / 3;
  return after(momentWithLeft(validity, ideal), -life * EARLIER_SHARE * random());
}

/**
 * A uniform choice in the window without its last quarter; `now` when that has passed, or the window has. Never later
 * than with a quarter of the certificate's life left, whatever the issuer suggests.
 */
export function timeInWindow({ start, end }: RenewalWindow, validity: Validity, now: Date, random: Random): Date {
  const from = Math.max(start.getTime(), now.getTime());
  const to = start.getTime() + (end.getTime() - start.getTime()) * USABLE_SHARE;
  const chosen = from >= to ? from : from + (to - from) * random();
  const latest = momentWithLeft(validity, LATEST_WITH_LEFT).getTime();
  return new Date(Math.max(now.getTime(), Math.min(chosen, latest)));
}
