import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { parseHostname } from '../../shared/hostname.js';
import { aliasOf, mustNotBeTarget, redirectTarget } from '../domain/aliases.js';
import { ChangeSite, type SiteChanged } from './change-site.js';
import { SiteStore } from './site-store.js';

@Injectable()
export class SetRedirect {
  constructor(
    private readonly changeSite: ChangeSite,
    private readonly sites: SiteStore,
  ) {}

  /**
   * Lets an alias redirect (301, path and query kept) to another name of its site; `null`: it is served itself.
   * @throws DomainError ALIAS_NOT_FOUND, ALIAS_IS_MAIN_NAME, REDIRECT_TARGET_INVALID, SITE_NOT_FOUND, SITE_DELETED
   */
  execute(siteId: string, alias: string, target: string | null, actor: Actor): Promise<SiteChanged> {
    const name = parseHostname(alias, { wildcard: true });
    return this.changeSite.execute(siteId, actor, 'site.verify', async (site) => {
      const known = aliasOf(site, name);
      if (target !== null) {
        mustNotBeTarget(site, name);
      }
      const redirectTo = target === null ? null : redirectTarget(site, name, target);
      await this.sites.updateName(known.id, { redirectTo });
    });
  }
}
