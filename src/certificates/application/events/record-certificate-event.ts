import { Injectable } from '@nestjs/common';
import { Clock } from '../../../shared/clock.js';
import type { Certificate } from '../../domain/certificate.js';
import type { EventFacts } from '../../domain/events/certificate-event.js';
import { DECIDED_BY, isNews } from '../../domain/events/is-news.js';
import { CertificateEventStore } from './certificate-event-store.js';

/**
 * Writes an event down, unless it has been told already. To be called in the unit of work that changes what it tells of, after
 * the row of the certificate was locked or written: there is an event exactly when there is the change.
 */
@Injectable()
export class RecordCertificateEvent {
  constructor(
    private readonly events: CertificateEventStore,
    private readonly clock: Clock,
  ) {}

  async execute({ id, clientId, names }: Certificate, facts: EventFacts): Promise<void> {
    const types = DECIDED_BY[facts.type];
    const newest = types.length > 0 ? await this.events.newestOf(id, types) : null;
    if (isNews(facts, newest)) {
      await this.events.append({
        ...facts,
        at: this.clock.now(),
        certificateId: id,
        clientId,
        label: names[0] ?? id,
      });
    }
  }
}
