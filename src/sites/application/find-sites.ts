import { Injectable } from '@nestjs/common';
import { canSeeClient, tenantFilter, type Actor } from '../../shared/actor.js';
import { parseId } from '../../shared/ids.js';
import type { Page } from '../../shared/page.js';
import type { Site } from '../domain/site.js';
import { SiteStore, type SiteFilter } from './site-store.js';

/** Sites that the actor may see. */
@Injectable()
export class FindSites {
  constructor(private readonly sites: SiteStore) {}

  /** Null when there is none or it may not be seen. @throws DomainError ID_INVALID */
  async one(id: string, actor: Actor): Promise<Site | null> {
    const site = await this.sites.find(parseId(id));
    return site && canSeeClient(actor, site.clientId) ? site : null;
  }

  page(filter: SiteFilter, page: Page, actor: Actor): Promise<readonly Site[]> {
    return this.sites.list({ ...filter, ...tenantFilter(actor, filter.clientId) }, page);
  }

  count(filter: SiteFilter, actor: Actor): Promise<number> {
    return this.sites.count({ ...filter, ...tenantFilter(actor, filter.clientId) });
  }
}
