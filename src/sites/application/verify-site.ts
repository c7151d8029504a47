import { Injectable } from '@nestjs/common';
import { DRY_RUN, RequestOperation, shared } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { siteOperation } from '../domain/site-operation.js';
import { visibleSite } from '../domain/visible-site.js';
import { ChangeSite, type SiteChanged } from './change-site.js';
import { SiteStore } from './site-store.js';

export interface VerifySiteInput {
  readonly siteId: string;
  readonly dryRun: boolean;
}

/** Makes a server agree with what is wanted of a site; or only looks whether it does. */
@Injectable()
export class VerifySite {
  constructor(
    private readonly changeSite: ChangeSite,
    private readonly sites: SiteStore,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError ID_INVALID, SITE_NOT_FOUND, SITE_DELETED */
  execute({ siteId, dryRun }: VerifySiteInput, actor: Actor): Promise<SiteChanged> {
    return dryRun ? this.#look(parseId(siteId), actor) : this.changeSite.execute(siteId, actor, 'site.verify');
  }

  /** Two may look at the same time; whoever changes the site, or its whole server, is waited for. */
  #look(id: string, actor: Actor): Promise<SiteChanged> {
    return this.unitOfWork.run(async () => {
      const site = visibleSite(await this.sites.find(id), id, actor);
      if (site.status === 'DELETED') {
        throw new DomainError('SITE_DELETED', `The site ${site.uri} is deleted.`);
      }
      const locks = [shared('site', site.id), shared('server', site.serverId)];
      const request = { ...siteOperation('site.verify', site, null), locks, input: DRY_RUN };
      return { site, operation: await this.request.execute(request, actor) };
    });
  }
}
