import { Injectable } from '@nestjs/common';
import { In, Not, type SelectQueryBuilder } from 'typeorm';
import { DatabaseSession } from '../../database/database-session.js';
import { orTaken } from '../../database/insert-unique.js';
import { selectPage, whereEqual } from '../../database/select-page.js';
import { DomainError } from '../../shared/domain-error.js';
import { isWildcard } from '../../shared/hostname.js';
import type { Page } from '../../shared/page.js';
import { SiteStore, type SiteChange, type SiteFilter } from '../application/site-store.js';
import type { Site, SiteName } from '../domain/site.js';
import { SiteEntity, SiteNameEntity } from './site.entity.js';

@Injectable()
export class TypeormSiteStore extends SiteStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  async insert({ names, ...site }: Site): Promise<void> {
    await this.#sites.insert(site);
    for (const name of names) {
      await this.insertName(name, site.clientId);
    }
  }

  find(id: string): Promise<Site | null> {
    // A join by hand: findOne with a relation asks for the ids first, in a query of its own.
    return this.#sites.createQueryBuilder('s').leftJoinAndSelect('s.names', 'n').where('s.id = :id', { id }).getOne();
  }

  async lock(id: string): Promise<Site | null> {
    await this.#sites.findOne({ where: { id }, select: { id: true }, lock: { mode: 'pessimistic_write' } });
    return this.find(id);
  }

  findMany(ids: readonly string[]): Promise<readonly Site[]> {
    return this.#sites.find({ where: { id: In(ids) }, relations: { names: true } });
  }

  async list(filter: SiteFilter, page: Page): Promise<readonly Site[]> {
    const rows = await selectPage(whereEqual(this.#sites.createQueryBuilder('s'), filter), page);
    return this.#withNames(rows);
  }

  count(filter: SiteFilter): Promise<number> {
    return whereEqual(this.#sites.createQueryBuilder('s'), filter).getCount();
  }

  async findByNames(clientId: string, serverId: string, names: readonly string[]): Promise<readonly Site[]> {
    return this.#ofClient(clientId, serverId, await this.#names.findBy({ name: In(names) }));
  }

  async findCoveredBy(clientId: string, serverId: string, names: readonly string[]): Promise<readonly Site[]> {
    const query = this.#names.createQueryBuilder('n').where('n.name IN (:...names)', { names });
    for (const [index, wildcard] of names.filter(isWildcard).entries()) {
      const [below, deeper] = [`below${index}`, `deeper${index}`];
      query.orWhere(`(n.name LIKE :${below} AND n.name NOT LIKE :${deeper})`, {
        [below]: `%${wildcard.slice(1)}`,
        [deeper]: `%.%${wildcard.slice(1)}`,
      });
    }
    return this.#ofClient(clientId, serverId, names.length === 0 ? [] : await query.getMany());
  }

  #ofClient(clientId: string, serverId: string, names: readonly SiteName[]): Promise<readonly Site[]> {
    const ids = [...new Set(names.map(({ siteId }) => siteId))];
    return this.#sites.find({
      where: { id: In(ids), clientId, serverId, status: Not('DELETED' as const) },
      relations: { names: true },
      order: { id: 'ASC' },
    });
  }

  async update(id: string, change: SiteChange): Promise<void> {
    await this.#sites.update({ id }, change);
  }

  async insertName(name: SiteName, clientId: string): Promise<void> {
    await orTaken('uq_site_names_name', this.#names.insert({ ...name }), () => taken(name.name));
    if (await this.#overlapsAnotherClient(name.name, clientId)) {
      throw taken(name.name);
    }
  }

  async updateName(id: string, change: Partial<Pick<SiteName, 'redirectTo' | 'status'>>): Promise<void> {
    await this.#names.update({ id }, change);
  }

  async settleNames(siteId: string, served: readonly string[]): Promise<void> {
    await this.#names.update({ siteId, name: In(served), status: 'PENDING' }, { status: 'LIVE' });
    await this.#names.delete({ siteId, status: 'REMOVING', name: Not(In(served)) });
  }

  async releaseNames(siteId: string): Promise<void> {
    await this.#names.delete({ siteId });
  }

  /**
   * Nobody takes names out of another client's wildcard, nor spreads a wildcard over another client's names. Asked after
   * the insert, and waiting for names that others have inserted and not committed: of two at once, each of which would
   * overlap the other, one waits and is refused, or the database ends the one to let the other through.
   */
  async #overlapsAnotherClient(name: string, clientId: string): Promise<boolean> {
    const query = this.#names.createQueryBuilder('n').select(['n.id', 'n.siteId']).setLock('pessimistic_read');
    const ids = [...new Set((await overlapping(query, name).getMany()).map(({ siteId }) => siteId))];
    return ids.length > 0 && this.#sites.existsBy({ id: In(ids), clientId: Not(clientId) });
  }

  async #withNames(sites: readonly SiteEntity[]): Promise<readonly Site[]> {
    const names = sites.length === 0 ? [] : await this.#names.findBy({ siteId: In(sites.map(({ id }) => id)) });
    return sites.map((site) => Object.assign(site, { names: names.filter(({ siteId }) => siteId === site.id) }));
  }

  get #sites() {
    return this.session.repository(SiteEntity);
  }

  get #names() {
    return this.session.repository(SiteNameEntity);
  }
}

function overlapping(query: SelectQueryBuilder<SiteNameEntity>, name: string): SelectQueryBuilder<SiteNameEntity> {
  return isWildcard(name)
    ? query.where('n.name LIKE :below AND n.name NOT LIKE :deeper', {
        below: `%${name.slice(1)}`,
        deeper: `%.%${name.slice(1)}`,
      })
    : query.where('n.name = :wildcard', { wildcard: `*.${name.slice(name.indexOf('.') + 1)}` });
}

function taken(name: string): DomainError {
  return new DomainError('HOSTNAME_TAKEN', `${name} belongs to a site already.`, { details: { name } });
}
