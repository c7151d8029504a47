import type { Certificate } from '../certificate.js';
import type { Validity } from '../validity.js';

/** From when until when it is valid; null before it was made. */
export function validityOf({ notBefore, notAfter }: Certificate): Validity | null {
  return notBefore === null || notAfter === null ? null : { notBefore, notAfter };
}
