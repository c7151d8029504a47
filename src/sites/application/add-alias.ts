import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { parseHostname } from '../../shared/hostname.js';
import { mustNotBeMainName, mustNotBeTarget, type AliasInput } from '../domain/aliases.js';
import { newSiteName } from '../domain/new-site-name.js';
import { ChangeSite, type SiteChanged } from './change-site.js';
import { SiteStore } from './site-store.js';

@Injectable()
export class AddAlias {
  constructor(
    private readonly changeSite: ChangeSite,
    private readonly sites: SiteStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Idempotent. An alias that the site has already redirects, or does not, as is asked now.
   * @throws DomainError HOSTNAME_INVALID, HOSTNAME_TAKEN, ALIAS_IS_MAIN_NAME, SITE_NAMES_TOO_MANY,
   * REDIRECT_TARGET_INVALID, SITE_NOT_FOUND, SITE_DELETED
   */
  execute(siteId: string, alias: AliasInput, actor: Actor): Promise<SiteChanged> {
    const name = parseHostname(alias.name, { wildcard: true });
    return this.changeSite.execute(siteId, actor, 'site.verify', async (site) => {
      mustNotBeMainName(site.uri, [{ name }]);
      const known = site.names.find((other) => other.name === name);
      const redirectTo = alias.redirect ? site.uri : null;
      if (known === undefined) {
        await this.sites.insertName(newSiteName(site.id, name, 'ALIAS', redirectTo, this.clock.now()), site.clientId);
      } else {
        if (redirectTo !== null) {
          mustNotBeTarget(site, name);
        }
        await this.sites.updateName(known.id, {
          status: known.status === 'REMOVING' ? 'PENDING' : known.status,
          redirectTo,
        });
      }
    });
  }
}
