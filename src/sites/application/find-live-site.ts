import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import type { Site } from '../domain/site.js';
import { visibleSite } from '../domain/visible-site.js';
import { SiteStore } from './site-store.js';

/** A site that the actor may see and that is not deleted. */
@Injectable()
export class FindLiveSite {
  constructor(private readonly sites: SiteStore) {}

  /** @throws DomainError ID_INVALID, SITE_NOT_FOUND, SITE_DELETED */
  async one(siteId: string, actor: Actor): Promise<Site> {
    const id = parseId(siteId);
    return live(visibleSite(await this.sites.find(id), id, actor));
  }

  /** The same, its row locked until the unit of work ends. */
  async lock(siteId: string, actor: Actor): Promise<Site> {
    const id = parseId(siteId);
    return live(visibleSite(await this.sites.lock(id), id, actor));
  }
}

function live(site: Site): Site {
  if (site.status === 'DELETED') {
    throw new DomainError('SITE_DELETED', `The site ${site.uri} is deleted.`);
  }
  return site;
}
