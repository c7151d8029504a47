import type { Validity } from '../validity.js';

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export function lifeMs({ notBefore, notAfter }: Validity): number {
  return notAfter.getTime() - notBefore.getTime();
}

/** How much of its life is left, from 1 to 0; 0 for ever after. */
export function shareLeft(validity: Validity, now: Date): number {
  return Math.min(1, Math.max(0, validity.notAfter.getTime() - now.getTime()) / lifeMs(validity));
}

/** The moment at which this share of its life is left. */
export function momentWithLeft(validity: Validity, share: number): Date {
  return new Date(validity.notAfter.getTime() - lifeMs(validity) * share);
}

export function after(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms);
}

/** The earliest of those that are there; null when none is. */
export function earliest(moments: readonly (Date | null)[]): Date | null {
  return moments.reduce<Date | null>((best, one) => (one !== null && (best === null || one < best) ? one : best), null);
}
