import type { Random } from '../../../shared/random.js';
import { MINUTE_MS, after } from './life.js';
import type { RenewalWindow } from './renewal-time.js';

export const ASK_ALL_WITHIN_MS = 15 * MINUTE_MS;

/** A window that has ended before its time: the CA is about to revoke, or has (RFC 9773 §4.2). */
export function announcesIncident({ end }: RenewalWindow, plannedAt: Date | null, now: Date): boolean {
  return end <= now && (plannedAt === null || plannedAt > now);
}

/**
 * When a certificate of the same CA is asked about after one of them announced an incident (`RenewalStore.askSoon` does it for all at once). Waiting for its own turn would
 * take six hours (and once every `ASK_ALL_WITHIN_MS` is often enough to begin with all of them); among thousands of certificates one is asked about every few seconds, and speaks for the others.
 */
export function askAfterIncident(nextAdviceAt: Date | null, now: Date, random: Random): Date {
  const soon = after(now, ASK_ALL_WITHIN_MS * random());
  return nextAdviceAt !== null && nextAdviceAt < soon ? nextAdviceAt : soon;
}
