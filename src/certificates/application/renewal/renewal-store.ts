import type { Certificate } from '../../domain/certificate.js';
import type { CertificateRenewal } from '../../domain/renewal/certificate-renewal.js';

export interface DueCertificate {
  readonly id: string;
  readonly clientId: string;
}

/** Where the renewal of certificates is remembered. Every method joins the unit of work around it. */
export abstract class RenewalStore {
  /**
   * Certificates that are due, the most overdue of each client first and no more than `perClient` of one: one tenant with
   * thousands cannot keep another's from being seen.
   */
  abstract due(now: Date, perClient: number, limit: number): Promise<readonly DueCertificate[]>;
  /** The certificate, its row locked until the unit of work ends. */
  abstract lockCertificate(id: string): Promise<Certificate | null>;
  /** What is remembered; a new one when nothing is. */
  abstract find(certificateId: string): Promise<CertificateRenewal>;
  abstract findMany(certificateIds: readonly string[]): Promise<readonly CertificateRenewal[]>;
  abstract dueAt(certificateIds: readonly string[]): Promise<ReadonlyMap<string, Date | null>>;
  /** Keeps it, but for what handshakes found, and when the certificate is to be looked at next. The certificate must be locked. */
  abstract save(renewal: CertificateRenewal, dueAt: Date | null): Promise<void>;
  /**
   * What a handshake found, and nothing else: the certificate need not be locked. It is looked at soon when that is another finding than
   * before.
   */
  abstract noteServed(certificateId: string, problem: string | null, at: Date): Promise<void>;
  /**
   * Lets the issuer be asked within `withinMs`, spread evenly, about every certificate in force that came from this directory and is not to
   * be renewed yet; what is asked earlier anyway stays as it is. For a unit of work of
   * its own: it waits for every one of them that is locked.
   */
  abstract askSoon(directoryUrl: string, now: Date, withinMs: number): Promise<void>;
  /** Renewals that are on the way. */
  abstract open(limit: number): Promise<readonly DueCertificate[]>;
}
