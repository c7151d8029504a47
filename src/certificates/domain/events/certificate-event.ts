/**
 * ISSUED, RENEWED, ROLLED_BACK: another certificate is in force; each ends FAILING, EXPIRING and EXPIRED. MISMATCH ends with
 * RECOVERED. The words are a promise: they are matched on.
 */
export const CERTIFICATE_EVENT_TYPES = [
  'ISSUED',
  'RENEWED',
  'ROLLED_BACK',
  'REVOKED',
  'FAILING',
  'EXPIRING',
  'EXPIRED',
  'MISMATCH',
  'RECOVERED',
] as const;
export type CertificateEventType = (typeof CERTIFICATE_EVENT_TYPES)[number];

/** Public data only, and plain: moments are ISO 8601. What does not belong to a type is null. */
export interface CertificateEventDetails {
  /** Of the certificate that the event is about. */
  readonly fingerprint: string | null;
  readonly notAfter: string | null;
  /** What the client may look at for more. */
  readonly operationId: string | null;
  /** FAILING: a code of the error catalogue. */
  readonly code: string | null;
  /** FAILING at a CA: of ACME_CAUSES, each once, sorted. */
  readonly causes: readonly string[];
  /** FAILING: null where it is not tried again by itself. */
  readonly nextAttemptAt: string | null;
  /** EXPIRING: the threshold that was passed. */
  readonly percentLeft: number | null;
}

/** Something that happened to a certificate. Kept for 400 days; it outlives its certificate. */
export interface CertificateEvent {
  /** Ordered as the events were committed: what is read after an id is complete and is read once. */
  readonly id: string;
  readonly type: CertificateEventType;
  readonly at: Date;
  readonly certificateId: string;
  readonly clientId: string;
  /** The first of its names. */
  readonly label: string;
  /** For people. */
  readonly message: string;
  readonly details: CertificateEventDetails;
}

/** What is known before it is known whose and when. */
export type EventFacts = Pick<CertificateEvent, 'type' | 'message' | 'details'>;
