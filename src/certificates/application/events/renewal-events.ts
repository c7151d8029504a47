import { Injectable } from '@nestjs/common';
import { OperationStore } from '../../../operations/index.js';
import { Clock } from '../../../shared/clock.js';
import type { Certificate } from '../../domain/certificate.js';
import { expiryEvent } from '../../domain/events/expiry-event.js';
import { failingEvent } from '../../domain/events/failing-event.js';
import type { CertificateRenewal } from '../../domain/renewal/certificate-renewal.js';
import { DAY_MS, after } from '../../domain/renewal/life.js';
import { RenewalStore } from '../renewal/renewal-store.js';
import { CertificateEventStore } from './certificate-event-store.js';
import { RecordCertificateEvent } from './record-certificate-event.js';

/** More than the life of any certificate that browsers accept. */
export const KEPT_FOR_MS = 400 * DAY_MS;
/** So few at a time that nobody waits for it; at every tick that is two million a day. */
const PORTION = 500;

/** The events that only the scheduler sees: attempts that failed, and thresholds of life that were passed. */
@Injectable()
export class RenewalEvents {
  constructor(
    private readonly events: CertificateEventStore,
    private readonly record: RecordCertificateEvent,
    private readonly renewals: RenewalStore,
    private readonly operations: OperationStore,
    private readonly clock: Clock,
  ) {}

  /** Takes a look at a certificate, and records what it found, in the unit of work around both. */
  async during<T>(certificate: Certificate, look: () => Promise<T>): Promise<T> {
    const before = await this.renewals.find(certificate.id);
    const result = await look();
    const now = await this.renewals.find(certificate.id);
    await this.#failing(certificate, before, now);
    await this.#expiring(certificate, now);
    return result;
  }

  /** Removes a portion of the events that have been kept for long enough. */
  async removeOld(): Promise<void> {
    await this.events.removeBefore(after(this.clock.now(), -KEPT_FOR_MS), PORTION);
  }

  async #failing(certificate: Certificate, before: CertificateRenewal, now: CertificateRenewal): Promise<void> {
    if (now.state.failures > before.state.failures) {
      const operation = before.operationId === null ? null : await this.operations.find(before.operationId);
      const { nextAttemptAt } = now.state;
      await this.record.execute(
        certificate,
        failingEvent(certificate, operation?.failure ?? null, operation?.id ?? null, nextAttemptAt),
      );
    }
  }

  /** There is an alarm only about what visitors are shown, and about all of it that ends soon. */
  async #expiring(certificate: Certificate, { alarm }: CertificateRenewal): Promise<void> {
    const event = alarm && expiryEvent(certificate, this.clock.now());
    if (event) {
      await this.record.execute(certificate, event);
    }
  }
}
