import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { changedHttps, type HttpsChange } from '../domain/hsts.js';
import { ChangeSite, type SiteChanged } from './change-site.js';
import { SiteStore } from './site-store.js';

@Injectable()
export class SetHttps {
  constructor(
    private readonly changeSite: ChangeSite,
    private readonly sites: SiteStore,
    private readonly clock: Clock,
  ) {}

  /**
   * Where no certificate covers a name yet, a self-signed one is made in the same operation.
   * @throws DomainError SITE_NOT_FOUND, SITE_DELETED, INPUT_INVALID, HSTS_NEEDS_HTTPS, HSTS_PROMISED
   */
  execute(siteId: string, change: HttpsChange, actor: Actor): Promise<SiteChanged> {
    return this.changeSite.execute(siteId, actor, 'site.verify', (site) =>
      this.sites.update(site.id, changedHttps(site, change, this.clock.now())),
    );
  }
}
