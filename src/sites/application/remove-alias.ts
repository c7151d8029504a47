import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { parseHostname } from '../../shared/hostname.js';
import { aliasOf, mustNotBeTarget } from '../domain/aliases.js';
import { ChangeSite, type SiteChanged } from './change-site.js';
import { SiteStore } from './site-store.js';

@Injectable()
export class RemoveAlias {
  constructor(
    private readonly changeSite: ChangeSite,
    private readonly sites: SiteStore,
  ) {}

  /**
   * The name stays taken until it is not served any more.
   * @throws DomainError ALIAS_NOT_FOUND, ALIAS_IS_MAIN_NAME, REDIRECT_TARGET_INVALID, SITE_NOT_FOUND, SITE_DELETED
   */
  execute(siteId: string, alias: string, actor: Actor): Promise<SiteChanged> {
    const name = parseHostname(alias, { wildcard: true });
    return this.changeSite.execute(siteId, actor, 'site.verify', async (site) => {
      const known = aliasOf(site, name);
      mustNotBeTarget(site, name);
      await this.sites.updateName(known.id, { status: 'REMOVING', redirectTo: null });
    });
  }
}
