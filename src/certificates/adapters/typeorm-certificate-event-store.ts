import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { DatabaseSession } from '../../database/database-session.js';
import { EventHeadEntity } from '../../database/event-head.entity.js';
import { selectPage, whereEqual } from '../../database/select-page.js';
import { firstIdAt } from '../../shared/ids.js';
import type { Page } from '../../shared/page.js';
import { CertificateEventStore, type CertificateEventFilter } from '../application/events/certificate-event-store.js';
import type { CertificateEvent, CertificateEventType } from '../domain/events/certificate-event.js';
import { nextEventId } from '../domain/events/event-id.js';
import { CertificateEventEntity } from './certificate-event.entity.js';

const STREAM = 'certificates';

@Injectable()
export class TypeormCertificateEventStore extends CertificateEventStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  async append(event: Omit<CertificateEvent, 'id'>): Promise<void> {
    const { lastId } = (await this.#lockHead()) ?? (await this.#newHead());
    const id = nextEventId(event.at, lastId);
    await this.#rows.insert({ ...event, id });
    await this.#heads.update({ stream: STREAM }, { lastId: id });
  }

  list(filter: CertificateEventFilter, page: Page): Promise<readonly CertificateEvent[]> {
    return selectPage(this.#filtered(filter), page);
  }

  count(filter: CertificateEventFilter): Promise<number> {
    return this.#filtered(filter).getCount();
  }

  newestOf(certificateId: string, types: readonly CertificateEventType[]): Promise<CertificateEvent | null> {
    return this.#rows.findOne({ where: { certificateId, type: In(types) }, order: { id: 'DESC' } });
  }

  async lastId(): Promise<string | null> {
    return (await this.#heads.findOneBy({ stream: STREAM }))?.lastId ?? null;
  }

  /** By the primary key alone: ids begin with their time. */
  async removeBefore(moment: Date, limit: number): Promise<number> {
    const { affectedRows } = await this.session.manager.query<{ affectedRows: number }>(
      'DELETE FROM certificate_events WHERE id < ? ORDER BY id LIMIT ?',
      [firstIdAt(moment), limit],
    );
    return affectedRows;
  }

  #lockHead(): Promise<EventHeadEntity | null> {
    return this.#heads.findOne({ where: { stream: STREAM }, lock: { mode: 'pessimistic_write' } });
  }

  /** The first event of all: two that come at once make one row, and the second waits for the first. */
  async #newHead(): Promise<EventHeadEntity> {
    await this.#heads.createQueryBuilder().insert().orIgnore().values({ stream: STREAM, lastId: null }).execute();
    return (await this.#lockHead())!;
  }

  #filtered({ types, ...equal }: CertificateEventFilter): SelectQueryBuilder<CertificateEventEntity> {
    const query = whereEqual(this.#rows.createQueryBuilder('e'), equal);
    return types ? query.andWhere('e.type IN (:...types)', { types }) : query;
  }

  get #rows() {
    return this.session.repository(CertificateEventEntity);
  }

  get #heads() {
    return this.session.repository(EventHeadEntity);
  }
}
