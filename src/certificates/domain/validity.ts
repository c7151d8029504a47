/** How far ahead of this machine's clock the issuer's may be. */
export const CLOCK_SKEW_MS = 5 * 60_000;

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

export type ValidityState = 'VALID' | 'NOT_YET_VALID' | 'EXPIRED';

/** RFC 5280 §4.1.2.5, with five minutes' grace at the beginning and none at the end. */
export function validityAt({ notBefore, notAfter }: Validity, now: Date): ValidityState {
  if (now.getTime() >= notAfter.getTime()) {
    return 'EXPIRED';
  }
  return now.getTime() + CLOCK_SKEW_MS < notBefore.getTime() ? 'NOT_YET_VALID' : 'VALID';
}
