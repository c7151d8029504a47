/** Longer is not believed: a header that says so is broken, and a certificate would expire behind it. */
const LONGEST_MS = 7 * 24 * 3_600_000;

/**
 * When a server asks to be left alone until (RFC 9110 §10.2.3: seconds, or a date), at most a week from `now`. Undefined without a
 * header, with one that says neither, and with a time that has passed.
 */
export function retryAfter(header: string | undefined, now: Date): Date | undefined {
  const text = header?.trim() ?? '';
  const at = /^\d{1,12}$/.test(text) ? now.getTime() + Number(text) * 1_000 : dateOf(text);
  return at > now.getTime() ? new Date(Math.min(at, now.getTime() + LONGEST_MS)) : undefined;
}

function dateOf(text: string): number {
  return /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
}
