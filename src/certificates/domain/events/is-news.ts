import { assertNever } from '../../../shared/assert-never.js';
import type {
  CertificateEvent,
  CertificateEventDetails,
  CertificateEventType,
  EventFacts,
} from './certificate-event.js';

const IN_FORCE = ['ISSUED', 'RENEWED', 'ROLLED_BACK'] as const;

/** Types whose newest event decides whether one of this type tells anything new; none: it always does. */
export const DECIDED_BY: Readonly<Record<CertificateEventType, readonly CertificateEventType[]>> = {
  ISSUED: [],
  RENEWED: [],
  ROLLED_BACK: [],
  REVOKED: [],
  FAILING: ['FAILING', ...IN_FORCE],
  EXPIRING: ['EXPIRING', 'EXPIRED'],
  EXPIRED: ['EXPIRED'],
  MISMATCH: ['MISMATCH', 'RECOVERED'],
  RECOVERED: ['MISMATCH', 'RECOVERED'],
};

/**
 * Whether it has not been told already. A retry that fails for the same reason is no news, nor is a threshold that the same
 * certificate has passed before; `newest` is the newest event of the types in DECIDED_BY.
 */
export function isNews(
  { type, details }: EventFacts,
  newest: Pick<CertificateEvent, 'type' | 'details'> | null,
): boolean {
  switch (type) {
    case 'FAILING':
      return newest?.type !== 'FAILING' || !hasSameReason(newest.details, details);
    case 'EXPIRING':
    case 'EXPIRED':
      return (
        newest?.details.fingerprint !== details.fingerprint ||
        (newest.details.percentLeft ?? 0) > (details.percentLeft ?? 0)
      );
    case 'MISMATCH':
      return newest?.type !== 'MISMATCH';
    case 'RECOVERED':
      return newest?.type === 'MISMATCH';
    case 'ISSUED':
    case 'RENEWED':
    case 'ROLLED_BACK':
    case 'REVOKED':
      return true;
    default:
      return assertNever(type);
  }
}

function hasSameReason(one: CertificateEventDetails, other: CertificateEventDetails): boolean {
  return one.code === other.code && one.causes.join() === other.causes.join();
}
