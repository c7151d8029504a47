import type { AcmeCa } from '../../domain/acme/acme-ca.js';

/** As `certificate.acme-advice` gives it: times in ISO 8601. */
export interface RenewalInfo {
  readonly windowStart: string;
  readonly windowEnd: string;
  readonly pollAt: string;
}

/** Asks a CA for the renewal information of a certificate (RFC 9773 §4). */
export abstract class RenewalInfoClient {
  /** Null when the CA has none to give. @throws what the way to the CA throws */
  abstract ask(ca: AcmeCa, certificatePem: string, now: Date, signal: AbortSignal): Promise<RenewalInfo | null>;
}
