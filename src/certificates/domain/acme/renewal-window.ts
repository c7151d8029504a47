import { z } from 'zod';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** RFC 9773 §4.3.3 leaves it to the server; without its word, four times a day. */
const DEFAULT_POLL_MS = 6 * 60 * MINUTE_MS;

/** RFC 9773 §4.2. */
export const renewalInfoSchema = z.object({
  suggestedWindow: z.object({ start: z.iso.datetime({ offset: true }), end: z.iso.datetime({ offset: true }) }),
  explanationURL: z.string().max(2_000).optional(),
});

/** When the CA wants a certificate to be replaced, and when it will be. Times as ISO 8601, UTC. */
export interface RenewalAdvice {
  readonly windowStart: string;
  readonly windowEnd: string;
  /** Chosen once for each window, in [windowStart, windowEnd): the CA's rate limits do not count a renewal in it. */
  readonly renewAt: string;
  /** Why, for people; set when something happened, such as a revocation. */
  readonly explanationUrl: string | null;
  /** When to ask again. */
  readonly pollAt: string;
}

export interface RenewalInfoAnswer {
  readonly start: Date;
  readonly end: Date;
  readonly explanationUrl: string | null;
  readonly retryAfter: Date | undefined;
}

/**
 * The time of a renewal, uniformly at random in the first three quarters of the window: what is left of it is for retries
 * (RFC 9773 §4.2). The window stays the same, the choice does: `before` is what was decided last. A window that has passed
 * means now. @throws RangeError when the window ends before it starts
 */
export function chooseRenewal(
  { start, end, explanationUrl, retryAfter }: RenewalInfoAnswer,
  { now, random, before }: { readonly now: Date; readonly random: () => number; readonly before?: RenewalAdvice },
): RenewalAdvice {
  const length = end.getTime() - start.getTime();
  if (!(length > 0)) {
    throw new RangeError('The suggested window ends before it starts.');
  }
  const windowStart = start.toISOString();
  const windowEnd = end.toISOString();
  const same = before?.windowStart === windowStart && before.windowEnd === windowEnd;
  const chosen = new Date(start.getTime() + Math.floor(random() * length * 0.75));
  return {
    windowStart,
    windowEnd,
    renewAt: same ? before.renewAt : chosen.toISOString(),
    explanationUrl,
    pollAt: new Date(now.getTime() + clampPoll(retryAfter, now)).toISOString(),
  };
}

/** Between a minute and a day (RFC 9773 §4.3.2), whatever the server asks. */
function clampPoll(retryAfter: Date | undefined, now: Date): number {
  const asked = retryAfter === undefined ? DEFAULT_POLL_MS : retryAfter.getTime() - now.getTime();
  return Math.min(Math.max(asked, MINUTE_MS), DAY_MS);
}
