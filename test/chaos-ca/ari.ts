import type { Random } from './random.js';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Lives below this are renewed at half, not at two thirds. */
const SHORT_LIFE_MS = 10 * DAY_MS;

/** Milliseconds since the epoch; `end` is outside. */
export interface RenewalWindow {
  readonly start: number;
  readonly end: number;
}

/** `suggestedWindow` as Boulder computes it: around the ideal moment, one hundredth of the life to each side. */
export function suggestedWindow(notBefore: number, notAfter: number): RenewalWindow {
  // notAfter is the last second that is valid (RFC 5280 §4.1.2.5).
  const life = notAfter + SECOND_MS - notBefore;
  const ideal = notAfter - (life < SHORT_LIFE_MS ? life / 2 : life / 3);
  return { start: ideal - life / 100, end: ideal + life / 100 };
}

/** What is sent for a certificate that was revoked, or must go: a window that has passed. */
export function pastWindow(now: number): RenewalWindow {
  return { start: now - HOUR_MS, end: now - HOUR_MS / 2 };
}

export function isWithin({ start, end }: RenewalWindow, now: number): boolean {
  return start <= now && now < end;
}

/** How long an answer may be kept: six hours, a fifth more or less. */
export function pollAgainAfterMs(random: Random): number {
  return Math.round((6 * HOUR_MS * random.between(0.8, 1.2)) / SECOND_MS) * SECOND_MS;
}

/** RFC 9773 §4.1: the bytes of the authority key identifier and of the serial number as DER has them, sign octet included. */
export function certId(authorityKeyId: string, serial: string): string {
  const hex = serial.length % 2 === 0 ? serial : `0${serial}`;
  const isNegative = Number.parseInt(hex.slice(0, 2), 16) > 0x7f;
  const bytes = Buffer.from(isNegative ? `00${hex}` : hex, 'hex');
  return `${Buffer.from(authorityKeyId, 'hex').toString('base64url')}.${bytes.toString('base64url')}`;
}

/** Both in lower-case hex, the serial without its sign octet; undefined for what is no certID. */
export function parseCertId(id: string): { readonly authorityKeyId: string; readonly serial: string } | undefined {
  const [, key, serial] = /^([\w-]+)\.([\w-]+)$/.exec(id) ?? [];
  if (key === undefined || serial === undefined) {
    return undefined;
  }
  const bytes = Buffer.from(serial, 'base64url');
  const isCanonical =
    bytes.toString('base64url') === serial && Buffer.from(key, 'base64url').toString('base64url') === key;
  const hex = bytes.toString('hex').replace(/^00(?=[89a-f])/, '');
  return isCanonical ? { authorityKeyId: Buffer.from(key, 'base64url').toString('hex'), serial: hex } : undefined;
}
