/** RFC 5280 §5.3.1: those that a subscriber may give. */
export const REVOCATION_REASONS = {
  UNSPECIFIED: 0,
  KEY_COMPROMISE: 1,
  AFFILIATION_CHANGED: 3,
  SUPERSEDED: 4,
  CESSATION_OF_OPERATION: 5,
} as const;
export type RevocationReason = keyof typeof REVOCATION_REASONS;
