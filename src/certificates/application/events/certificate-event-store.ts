import type { Page } from '../../../shared/page.js';
import type { CertificateEvent, CertificateEventType } from '../../domain/events/certificate-event.js';

export interface CertificateEventFilter {
  readonly clientId?: string;
  readonly certificateId?: string;
  readonly types?: readonly CertificateEventType[];
}

/** Where events of certificates are kept. Every method joins the unit of work around it. */
export abstract class CertificateEventStore {
  /**
   * Adds it behind all others. From then until the unit of work ends nobody else adds one, in whatever process: so the order of
   * ids is the order of commits, and who reads on from an id misses nothing.
   */
  abstract append(event: Omit<CertificateEvent, 'id'>): Promise<void>;
  abstract list(filter: CertificateEventFilter, page: Page): Promise<readonly CertificateEvent[]>;
  abstract count(filter: CertificateEventFilter): Promise<number>;
  /** The newest of these types about a certificate. */
  abstract newestOf(certificateId: string, types: readonly CertificateEventType[]): Promise<CertificateEvent | null>;
  /** The id of the newest event there ever was; null: there was none. */
  abstract lastId(): Promise<string | null>;
  /** Removes the oldest of those from before the moment, up to `limit`. @returns how many. */
  abstract removeBefore(moment: Date, limit: number): Promise<number>;
}
