import { Injectable } from '@nestjs/common';
import { tenantFilter, type Actor } from '../../../shared/actor.js';
import type { Page } from '../../../shared/page.js';
import type { CertificateEvent } from '../../domain/events/certificate-event.js';
import { CertificateEventStore, type CertificateEventFilter } from './certificate-event-store.js';

/** Events of the certificates that the actor may see. */
@Injectable()
export class FindCertificateEvents {
  constructor(private readonly events: CertificateEventStore) {}

  page(filter: CertificateEventFilter, page: Page, actor: Actor): Promise<readonly CertificateEvent[]> {
    return this.events.list({ ...filter, ...tenantFilter(actor, filter.clientId) }, page);
  }

  count(filter: CertificateEventFilter, actor: Actor): Promise<number> {
    return this.events.count({ ...filter, ...tenantFilter(actor, filter.clientId) });
  }
}
