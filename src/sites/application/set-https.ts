import { Injectable } from '@nestjs/common';
import type { HttpsMode } from '../../consumers/index.js';
import type { Actor } from '../../shared/actor.js';
import { ChangeSite, type SiteChanged } from './change-site.js';
import { SiteStore } from './site-store.js';

@Injectable()
export class SetHttps {
  constructor(
    private readonly changeSite: ChangeSite,
    private readonly sites: SiteStore,
  ) {}

  /** Where no certificate covers a name yet, a self-signed one is made in the same operation. @throws DomainError SITE_NOT_FOUND, SITE_DELETED */
  execute(siteId: string, https: HttpsMode, actor: Actor): Promise<SiteChanged> {
    return this.changeSite.execute(siteId, actor, 'site.verify', (site) => this.sites.update(site.id, { https }));
  }
}
