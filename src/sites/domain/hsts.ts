import type { HttpsMode } from '../../consumers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Site } from './site.js';

/** Two years, the longest that lists of browsers ask for. */
export const LONGEST_HSTS_SECONDS = 2 * 365 * 86_400;

export type HttpsWish = Pick<Site, 'https' | 'hstsMaxAge' | 'hstsPromisedUntil'>;

export interface HttpsChange {
  readonly https?: HttpsMode | null;
  /** Null: nothing is said. Left out: it stays as it is. */
  readonly hstsMaxAge?: number | null;
  /** Switches HTTPS off although browsers have been told to use nothing else. */
  readonly breakHstsPromise?: boolean | null;
}

export const NO_HTTPS_WISH: HttpsWish = { https: 'DISABLED', hstsMaxAge: null, hstsPromisedUntil: null };

/**
 * What is wanted of HTTPS after a change. A browser that was told `max-age` (RFC 6797) refuses a site without HTTPS until that
 * time is over, and no answer over HTTP can tell it otherwise. So a promise is taken back over HTTPS first (`hstsMaxAge` 0), and
 * HTTPS can be switched off when the last browser has forgotten it, or by who says that they know. Pure.
 * @throws DomainError INPUT_INVALID, HSTS_NEEDS_HTTPS, HSTS_PROMISED
 */
export function changedHttps(before: HttpsWish, change: HttpsChange, now: Date): HttpsWish {
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

/** Until when a browser may hold to what it has been told so far: by what is said now, or was said before. */
function promisedUntilOf({ hstsMaxAge, hstsPromisedUntil }: HttpsWish, now: Date): Date | null {
  const said = (hstsMaxAge ?? 0) > 0 ? new Date(now.getTime() + (hstsMaxAge ?? 0) * 1000) : null;
  return said === null || (hstsPromisedUntil !== null && hstsPromisedUntil > said) ? hstsPromisedUntil : said;
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
