import { Injectable } from '@nestjs/common';
import { In, type SelectQueryBuilder } from 'typeorm';
import { DatabaseSession } from '../../database/database-session.js';
import { orTaken } from '../../database/insert-unique.js';
import { selectPage, whereEqual } from '../../database/select-page.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Page } from '../../shared/page.js';
import {
  PlatformStore,
  type PlatformChange,
  type PlatformFilter,
  type PlatformScope,
} from '../application/platform-store.js';
import type { Platform } from '../domain/platform.js';
import { PlatformEntity } from './platform.entity.js';

@Injectable()
export class TypeormPlatformStore extends PlatformStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  insert(platform: Platform): Promise<void> {
    return orTaken(
      'uq_platforms_name',
      this.#rows.insert({ ...platform }),
      () => new DomainError('NAME_TAKEN', `There is a platform named "${platform.name}" already.`),
    );
  }

  find(id: string): Promise<Platform | null> {
    return this.#rows.findOneBy({ id });
  }

  findMany(ids: readonly string[]): Promise<readonly Platform[]> {
    return this.#rows.findBy({ id: In(ids) });
  }

  list(filter: PlatformFilter, scope: PlatformScope, page: Page): Promise<readonly Platform[]> {
    return selectPage(this.#visible(filter, scope), page);
  }

  count(filter: PlatformFilter, scope: PlatformScope): Promise<number> {
    return this.#visible(filter, scope).getCount();
  }

  async update(id: string, change: PlatformChange): Promise<void> {
    await this.#rows.update({ id }, { ...change });
  }

  #visible(filter: PlatformFilter, scope: PlatformScope): SelectQueryBuilder<PlatformEntity> {
    const query = whereEqual(this.#rows.createQueryBuilder('p'), filter);
    return scope === null ? query : query.andWhere('(p.clientId IS NULL OR p.clientId = :scope)', { scope });
  }

  get #rows() {
    return this.session.repository(PlatformEntity);
  }
}
