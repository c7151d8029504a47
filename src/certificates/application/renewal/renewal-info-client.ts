import type { AcmeCa } from '../../domain/acme/acme-ca.js';
import type { RenewalInfo } from '../../domain/acme/renewal-info.js';

/** Asks a CA for the renewal information of a certificate (RFC 9773 §4). */
export abstract class RenewalInfoClient {
  /** Null when the CA has none to give. Takes ten seconds at the most. @throws what the way to the CA throws, with its AcmeProblem as `problem` where there is one */
  abstract ask(ca: AcmeCa, certificatePem: string, now: Date): Promise<RenewalInfo | null>;
}
