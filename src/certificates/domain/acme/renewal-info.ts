import { z } from 'zod';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** RFC 9773 §4.3.3 leaves it to the server; without its word, four times a day. */
const DEFAULT_POLL_MS = 6 * 60 * MINUTE_MS;

/** When a CA wants a certificate to be replaced. */
export interface RenewalInfo {
  /** It ends after it starts; its rate limits do not count a renewal in it. */
  readonly window: { readonly start: Date; readonly end: Date };
  /** Why, for people; said when something happened, such as a revocation. */
  readonly explanationUrl: string | null;
  readonly askAgainAt: Date;
}

const answer = z.object({
  suggestedWindow: z.object({ start: z.iso.datetime({ offset: true }), end: z.iso.datetime({ offset: true }) }),
  explanationURL: z.string().max(2_000).optional(),
});

/** RFC 9773 §4.2, with the Retry-After of the answer. Undefined: it is something else, or a window that ends before it starts. */
export function readRenewalInfo(json: unknown, retryAfter: Date | undefined, now: Date): RenewalInfo | undefined {
  const { data } = answer.safeParse(json);
  if (data === undefined) {
    return undefined;
  }
  const window = { start: new Date(data.suggestedWindow.start), end: new Date(data.suggestedWindow.end) };
  const askAgainAt = new Date(now.getTime() + clampPoll(retryAfter, now));
  return window.end > window.start ? { window, explanationUrl: data.explanationURL ?? null, askAgainAt } : undefined;
}

/** Between a minute and a day (RFC 9773 §4.3.2), whatever the server asks. */
function clampPoll(retryAfter: Date | undefined, now: Date): number {
  const asked = retryAfter === undefined ? DEFAULT_POLL_MS : retryAfter.getTime() - now.getTime();
  return Math.min(Math.max(asked, MINUTE_MS), DAY_MS);
}
