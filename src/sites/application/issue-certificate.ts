import { Injectable } from '@nestjs/common';
import {
  ChooseProvider,
  DecidePolicy,
  type Certificate,
  type KeyType,
  type LimitReached,
} from '../../certificates/index.js';
import type { Operation } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { certificateNames } from '../domain/certificate-names.js';
import type { Site } from '../domain/site.js';
import { FindLiveSite } from './find-live-site.js';
import { OrderCertificate } from './order-certificate.js';
import { policySubject } from './policy-subject.js';

export interface IssueCertificateInput {
  readonly siteId: string;
  /** Some of the site's names; left out: all of them. */
  readonly names?: readonly string[] | null;
  /** `SELF_SIGNED`, or the id of a provider; left out, as are key type and profile: what the site's policy says. */
  readonly provider?: string | null;
  readonly keyType?: KeyType | null;
  readonly profile?: string | null;
}

export interface CertificateRequested {
  readonly certificate: Certificate;
  readonly site: Site;
  readonly operation: Operation;
  readonly limitReached: LimitReached | null;
}

/** Asks for a certificate for the names of a site; once made, it is served by every site that has one of its names. */
@Injectable()
export class IssueCertificate {
  constructor(
    private readonly found: FindLiveSite,
    private readonly decide: DecidePolicy,
    private readonly choose: ChooseProvider,
    private readonly order: OrderCertificate,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError SITE_NOT_FOUND, SITE_DELETED, CERTIFICATE_NAMES_INVALID, HOSTNAME_INVALID, CERTIFICATE_PROVIDER_NOT_FOUND */
  async execute(input: IssueCertificateInput, actor: Actor): Promise<CertificateRequested> {
    return this.unitOfWork.run(async () => {
      const site = await this.found.lock(input.siteId, actor);
      const names = certificateNames(site, input.names);
      const policy = await this.decide.for(policySubject(site));
      const choice = await this.choose.execute(input.provider ?? policy.provider, site.clientId);
      const keyType = input.keyType ?? policy.keyType;
      const profile = input.profile ?? policy.profile;
      return { site, ...(await this.order.anew(site, { ...choice, names, keyType, profile }, actor)) };
    });
  }
}
