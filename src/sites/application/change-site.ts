import { Injectable } from '@nestjs/common';
import { RequestOperation, type Operation } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { mustNotBeTooMany } from '../domain/aliases.js';
import { siteOperation } from '../domain/site-operation.js';
import type { Site } from '../domain/site.js';
import { visibleSite } from '../domain/visible-site.js';
import { PolicyCover } from './policy-cover.js';
import { SelfSignedCover } from './self-signed-cover.js';
import { SiteStore } from './site-store.js';

/** Kinds that must not fail for want of a certificate. */
const TAKES_DOWN: ReadonlySet<string> = new Set(['site.disable', 'site.delete']);

export interface SiteChanged {
  readonly site: Site;
  readonly operation: Operation;
}

/**
 * The way of every change to a site: in one unit of work the row is locked, `change` writes what is wanted, and the
 * operation that brings it about is requested.
 */
@Injectable()
export class ChangeSite {
  constructor(
    private readonly sites: SiteStore,
    private readonly cover: SelfSignedCover,
    private readonly policyCover: PolicyCover,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError ID_INVALID, SITE_NOT_FOUND, SITE_DELETED, SITE_NAMES_TOO_MANY, and what `change` throws */
  async execute(
    siteId: string,
    actor: Actor,
    kind: string,
    change: (site: Site) => Promise<void> = async () => undefined,
  ): Promise<SiteChanged> {
    const id = parseId(siteId);
    return this.unitOfWork.run(async () => {
      const before = visibleSite(await this.sites.lock(id), id, actor);
      if (before.status === 'DELETED') {
        throw new DomainError('SITE_DELETED', `The site ${before.uri} is deleted.`);
      }
      await change(before);
      const site = (await this.sites.find(id))!;
      mustNotBeTooMany(site.uri, site.names.length);
      const certificate = TAKES_DOWN.has(kind) ? null : await this.cover.ifNeeded(site);
      const operation = await this.request.execute(siteOperation(kind, site, certificate?.id ?? null), actor);
      if (!TAKES_DOWN.has(kind)) {
        await this.policyCover.ifNeeded(site, actor);
      }
      return { site, operation };
    });
  }
}
