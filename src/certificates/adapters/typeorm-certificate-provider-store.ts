import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { DatabaseSession } from '../../database/database-session.js';
import { orTaken } from '../../database/insert-unique.js';
import { selectPage } from '../../database/select-page.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Page } from '../../shared/page.js';
import { CertificateProviderStore, type ProviderFilter } from '../application/certificate-provider-store.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';
import { CertificateProviderEntity } from './certificate-provider.entity.js';

@Injectable()
export class TypeormCertificateProviderStore extends CertificateProviderStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  insert(provider: CertificateProvider): Promise<void> {
    const row = { ...provider, owner: provider.clientId ?? '' };
    return orTaken(UNIQUE, this.#rows.insert(row), () => taken(provider.name));
  }

  update({ id, name, acme, backupId }: CertificateProvider): Promise<void> {
    return orTaken(UNIQUE, this.#rows.update({ id }, { name, acme, backupId }), () => taken(name));
  }

  async remove(id: string): Promise<void> {
    await this.#rows.delete({ id });
  }

  find(id: string): Promise<CertificateProvider | null> {
    return this.#rows.findOneBy({ id });
  }

  findMany(ids: readonly string[]): Promise<readonly CertificateProvider[]> {
    return this.#rows.findBy({ id: In(ids) });
  }

  withBackup(backupId: string): Promise<readonly CertificateProvider[]> {
    return this.#rows.findBy({ backupId });
  }

  list(filter: ProviderFilter, page: Page): Promise<readonly CertificateProvider[]> {
    return selectPage(this.#filtered(filter), page);
  }

  count(filter: ProviderFilter): Promise<number> {
    return this.#filtered(filter).getCount();
  }

  #filtered({ usableBy }: ProviderFilter): SelectQueryBuilder<CertificateProviderEntity> {
    const query = this.#rows.createQueryBuilder('p');
    return usableBy === undefined ? query : query.where('p.owner IN (:...owners)', { owners: ['', usableBy] });
  }

  get #rows() {
    return this.session.repository(CertificateProviderEntity);
  }
}

const UNIQUE = 'uq_certificate_providers_name';

function taken(name: string): DomainError {
  return new DomainError('NAME_TAKEN', `There is a certificate provider named "${name}" already.`);
}
