import { Injectable } from '@nestjs/common';
import { ChooseProvider, DecidePolicy } from '../../certificates/index.js';
import { RequestOperation, shared } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { certificateNames } from '../domain/certificate-names.js';
import { siteOperation } from '../domain/site-operation.js';
import type { SiteChanged } from './change-site.js';
import { FindLiveSite } from './find-live-site.js';
import { policySubject } from './policy-subject.js';

export interface CheckDomainInput {
  readonly siteId: string;
  /** Some of the site's names; left out: all of them. */
  readonly names: readonly string[] | null;
  /** `SELF_SIGNED`, or the id of a provider; null: what the site's policy says. */
  readonly provider: string | null;
}

/** Has the server of a site look at its names as a CA would. Changes nothing, orders nothing. */
@Injectable()
export class CheckDomain {
  constructor(
    private readonly found: FindLiveSite,
    private readonly decide: DecidePolicy,
    private readonly choose: ChooseProvider,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError ID_INVALID, SITE_NOT_FOUND, SITE_DELETED, CERTIFICATE_NAMES_INVALID, HOSTNAME_INVALID, CERTIFICATE_PROVIDER_NOT_FOUND */
  async execute({ siteId, names, provider }: CheckDomainInput, actor: Actor): Promise<SiteChanged> {
    return this.unitOfWork.run(async () => {
      const site = await this.found.one(siteId, actor);
      const policy = await this.decide.for(policySubject(site));
      const { providerId } = await this.choose.execute(provider ?? policy.provider, site.clientId);
      const request = {
        ...siteOperation('site.check-domain', site, null),
        locks: [shared('site', site.id), shared('server', site.serverId)],
        input: { names: certificateNames(site, names), providerId },
      };
      return { site, operation: await this.request.execute(request, actor) };
    });
  }
}
