import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { parseAliases, wantedNames, type AliasInput } from '../domain/aliases.js';
import { changedHttps, type HttpsChange } from '../domain/hsts.js';
import { newSiteName } from '../domain/new-site-name.js';
import type { Site } from '../domain/site.js';
import { ChangeSite, type SiteChanged } from './change-site.js';
import { ChoosePhpSocket } from './choose-php-socket.js';
import { SiteStore } from './site-store.js';

export interface UpdateSiteInput extends HttpsChange {
  /** Null: the server's. Left out: it stays as it is. */
  readonly phpSocket?: string | null;
  /** The whole list, as a form saves it: what is missing in it is removed. Left out: aliases stay as they are. */
  readonly aliases?: readonly AliasInput[] | null;
}

/** Declares what a site should be, all at once, for one operation to bring about. */
@Injectable()
export class UpdateSite {
  constructor(
    private readonly changeSite: ChangeSite,
    private readonly sites: SiteStore,
    private readonly choosePhpSocket: ChoosePhpSocket,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError HOSTNAME_INVALID, HOSTNAME_TAKEN, ALIAS_IS_MAIN_NAME, SITE_NOT_FOUND, SITE_DELETED, HSTS_NEEDS_HTTPS, HSTS_PROMISED */
  execute(siteId: string, input: UpdateSiteInput, actor: Actor): Promise<SiteChanged> {
    return this.changeSite.execute(siteId, actor, 'site.verify', async (site) => {
      await this.sites.update(site.id, changedHttps(site, input, this.clock.now()));
      if (input.phpSocket !== undefined) {
        const phpSocket = await this.choosePhpSocket.execute(site.platformId, input.phpSocket, actor);
        await this.sites.update(site.id, { phpSocket });
      }
      if (input.aliases) {
        const aliases = parseAliases(input.aliases, site.uri);
        await this.#replaceAliases(site, new Map(aliases.map(({ name, redirect }) => [name, redirect])));
      }
    });
  }

  async #replaceAliases(site: Site, wanted: ReadonlyMap<string, boolean>): Promise<void> {
    for (const known of wantedNames(site)) {
      if (known.role === 'ALIAS' && !wanted.has(known.name)) {
        await this.sites.updateName(known.id, { status: 'REMOVING', redirectTo: null });
      }
    }
    for (const [name, redirect] of wanted) {
      await this.#want(site, name, redirect ? site.uri : null);
    }
  }

  async #want(site: Site, name: string, redirectTo: string | null): Promise<void> {
    const known = site.names.find((other) => other.name === name);
    if (known) {
      const status = known.status === 'REMOVING' ? 'PENDING' : known.status;
      await this.sites.updateName(known.id, { status, redirectTo });
    } else {
      await this.sites.insertName(newSiteName(site.id, name, 'ALIAS', redirectTo, this.clock.now()), site.clientId);
    }
  }
}
