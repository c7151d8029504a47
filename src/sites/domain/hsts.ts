import type { HttpsMode } from '../../consumers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Site } from './site.js';

/** Two years, the longest that lists of browsers ask for. */
export const LONGEST_HSTS_SECONDS = 2 * 365 * 86_400;

export type HttpsWish = Pick<Site, 'https' | 'hstsMaxAge' | 'hstsPromisedUntil'>;
/** What is wanted, and what is said as long as that has not been brought about. */
export type HttpsState = HttpsWish & Pick<Site, 'hstsSaid'>;

export interface HttpsChange {
  readonly https?: HttpsMode | null;
  /** Null: nothing is said. Left out: it stays as it is. */
  readonly hstsMaxAge?: number | null;
  /** Switches HTTPS off although browsers have been told to use nothing else. */
  readonly breakHstsPromise?: boolean | null;
}

export const NO_HTTPS: HttpsState = { https: 'DISABLED', hstsMaxAge: null, hstsSaid: null, hstsPromisedUntil: null };

/**
 * What is wanted of HTTPS after a change. A browser that was told `max-age` (RFC 6797) refuses a site without HTTPS until that
 * time is over, and no answer over HTTP can tell it otherwise. So a promise is taken back over HTTPS first (`hstsMaxAge` 0), and
 * HTTPS can be switched off when the last browser has forgotten it, or by who says that they know. Pure.
 * @throws DomainError INPUT_INVALID, HSTS_NEEDS_HTTPS, HSTS_PROMISED
 */
export function changedHttps(before: HttpsState, change: HttpsChange, now: Date): HttpsWish {
  const https = change.https ?? before.https;
  const wanted = change.hstsMaxAge === undefined ? before.hstsMaxAge : checkedMaxAge(change.hstsMaxAge);
  const promisedUntil = promisedUntilOf(before, now);
  const isPromised = promisedUntil !== null && promisedUntil > now;
  if (https === 'DISABLED' && (change.hstsMaxAge ?? 0) > 0) {
    throw new DomainError('HSTS_NEEDS_HTTPS', 'HSTS tells browsers to use HTTPS only, and HTTPS is not switched on.');
  }
  const switchesOff = https === 'DISABLED' && before.https !== 'DISABLED';
  const fallsSilent = https !== 'DISABLED' && wanted === null && before.hstsMaxAge !== null;
  if (isPromised && (fallsSilent || (switchesOff && change.breakHstsPromise !== true))) {
    throw promised(promisedUntil);
  }
  const hstsMaxAge = https === 'DISABLED' && (wanted ?? 0) > 0 ? null : wanted;
  const keepsPromising = hstsMaxAge !== null && hstsMaxAge >= (before.hstsMaxAge ?? 0);
  return { https, hstsMaxAge, hstsPromisedUntil: keepsPromising ? before.hstsPromisedUntil : promisedUntil };
}

/** Until when a promise holds once `said` is what the server says; null when none was made. Pure. */
export function promisedUntilAfter(before: HttpsState, said: number | null, now: Date): Date | null {
  return (before.hstsSaid ?? 0) > (said ?? 0)
    ? later(before.hstsPromisedUntil, before.hstsSaid, now)
    : before.hstsPromisedUntil;
}

/** Until when a browser may hold to what it has been told so far: what is wanted may be said by now, or not be yet. */
function promisedUntilOf({ hstsMaxAge, hstsSaid, hstsPromisedUntil }: HttpsState, now: Date): Date | null {
  return later(later(hstsPromisedUntil, hstsMaxAge, now), hstsSaid, now);
}

function later(until: Date | null, maxAge: number | null, now: Date): Date | null {
  const said = (maxAge ?? 0) > 0 ? new Date(now.getTime() + (maxAge ?? 0) * 1000) : null;
  return said === null || (until !== null && until > said) ? until : said;
}

function checkedMaxAge(value: number | null): number | null {
  if (value !== null && !(Number.isInteger(value) && value >= 0 && value <= LONGEST_HSTS_SECONDS)) {
    throw new DomainError('INPUT_INVALID', `hstsMaxAge is seconds, from 0 to ${LONGEST_HSTS_SECONDS}.`, {
      details: { field: 'hstsMaxAge' },
    });
  }
  return value;
}

function promised(until: Date): DomainError {
  const date = until.toISOString();
  return new DomainError(
    'HSTS_PROMISED',
    `Browsers that were told to use HTTPS only would refuse the site without it, the last of them until ${date}.`,
    { details: { hstsPromisedUntil: date } },
  );
}
