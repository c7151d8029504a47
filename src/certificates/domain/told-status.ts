import type { Certificate } from './certificate.js';
import { validityOf } from './renewal/validity-of.js';
import { validityAt } from './validity.js';

/** As people are told: one that is active and has expired is EXPIRED, the moment it has. */
export const TOLD_STATUSES = ['PENDING', 'ACTIVE', 'FAILED', 'EXPIRED', 'REVOKED'] as const;
export type ToldStatus = (typeof TOLD_STATUSES)[number];

export function toldStatus(certificate: Certificate, now: Date): ToldStatus {
  const validity = validityOf(certificate);
  const hasExpired = validity !== null && validityAt(validity, now) === 'EXPIRED';
  return certificate.status === 'ACTIVE' && hasExpired ? 'EXPIRED' : certificate.status;
}
