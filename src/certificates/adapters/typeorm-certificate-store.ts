import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { DatabaseSession } from '../../database/database-session.js';
import { selectPage, whereEqual } from '../../database/select-page.js';
import type { Page } from '../../shared/page.js';
import { CertificateStore, type CertificateChange, type CertificateFilter } from '../application/certificate-store.js';
import type { Certificate } from '../domain/certificate.js';
import { CertificateEntity, CertificateNameEntity } from './certificate.entity.js';

const HAS_ONE_OF = 'c.id IN (SELECT n.certificate_id FROM certificate_names n WHERE n.name IN (:...names))';
/** Names in one query. */
const PORTION = 2_000;

@Injectable()
export class TypeormCertificateStore extends CertificateStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  async insert(certificate: Certificate): Promise<void> {
    await this.#rows.insert({ ...certificate, ...dueWith(certificate) });
    await this.#replaceNames(certificate.id, certificate.names);
  }

  find(id: string): Promise<Certificate | null> {
    return this.#rows.findOneBy({ id });
  }

  findMany(ids: readonly string[]): Promise<readonly Certificate[]> {
    return this.#rows.findBy({ id: In(ids) });
  }

  list(filter: CertificateFilter, page: Page): Promise<readonly Certificate[]> {
    return selectPage(this.#filtered(filter), page);
  }

  count(filter: CertificateFilter): Promise<number> {
    return this.#filtered(filter).getCount();
  }

  async findByNames(clientId: string, serverId: string, names: readonly string[]): Promise<readonly Certificate[]> {
    return names.length === 0
      ? []
      : this.#rows
          .createQueryBuilder('c')
          .where('c.clientId = :clientId AND c.serverId = :serverId', { clientId, serverId })
          .andWhere(HAS_ONE_OF, { names })
          .getMany();
  }

  async findByAnyName(names: readonly string[]): Promise<readonly Certificate[]> {
    const found = new Map<string, Certificate>();
    for (let from = 0; from < names.length; from += PORTION) {
      const some = names.slice(from, from + PORTION);
      const rows = await this.#rows.createQueryBuilder('c').where(HAS_ONE_OF, { names: some }).getMany();
      rows.forEach((row) => found.set(row.id, row));
    }
    return [...found.values()];
  }

  async findBySpki(spkis: readonly string[]): Promise<ReadonlyMap<string, Certificate>> {
    const rows = await this.#rows.find({ where: { spki: In(spkis) }, order: { id: 'ASC' } });
    return new Map(rows.map((row) => [row.spki!, row]));
  }

  ofKey(serverId: string, spki: string): Promise<readonly Certificate[]> {
    return this.#rows.find({ where: { serverId, spki }, order: { id: 'ASC' } });
  }

  async update(id: string, change: CertificateChange): Promise<void> {
    await this.#rows.update({ id }, { ...change, ...dueWith(change) });
    if (change.names) {
      await this.#replaceNames(id, change.names);
    }
  }

  #filtered({ expiresBefore, expiresFrom, ...equal }: CertificateFilter): SelectQueryBuilder<CertificateEntity> {
    const query = whereEqual(this.#rows.createQueryBuilder('c'), equal);
    if (expiresBefore) {
      query.andWhere('c.notAfter < :expiresBefore', { expiresBefore });
    }
    return expiresFrom ? query.andWhere('c.notAfter >= :expiresFrom', { expiresFrom }) : query;
  }

  async #replaceNames(certificateId: string, names: readonly string[]): Promise<void> {
    const rows = this.session.repository(CertificateNameEntity);
    await rows.delete({ certificateId });
    await rows.insert([...new Set(names)].map((name) => ({ certificateId, name })));
  }

  get #rows() {
    return this.session.repository(CertificateEntity);
  }
}

/** A certificate with new dates, and one that could not be made, is looked at by the next tick of the scheduler, whoever did it. */
function dueWith({ notAfter, status, updatedAt }: CertificateChange): { dueAt?: Date } {
  const at = updatedAt ?? notAfter;
  return at && (notAfter || status === 'FAILED') ? { dueAt: at } : {};
}
