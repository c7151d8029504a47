import { Injectable } from '@nestjs/common';
import { CertificateStore, ChooseProvider, DecidePolicy, type Certificate } from '../../certificates/index.js';
import type { Actor } from '../../shared/actor.js';
import { wantedNames } from '../domain/aliases.js';
import type { Site } from '../domain/site.js';
import { OrderCertificate } from './order-certificate.js';
import { policySubject } from './policy-subject.js';

/**
 * Where the policy names a CA, a site that wants HTTPS gets its certificate from there by itself: one for all its names, issued again
 * when names were added. Until it is there, and for a name that the CA refuses, the self-signed one serves.
 */
@Injectable()
export class PolicyCover {
  constructor(
    private readonly decide: DecidePolicy,
    private readonly choose: ChooseProvider,
    private readonly certificates: CertificateStore,
    private readonly order: OrderCertificate,
  ) {}

  /** @throws DomainError CERTIFICATE_NAMES_INVALID, CERTIFICATE_PROVIDER_NOT_FOUND */
  async ifNeeded(site: Site, actor: Actor): Promise<void> {
    if (site.https === 'DISABLED') {
      return;
    }
    const policy = await this.decide.for(policySubject(site));
    const choice = await this.choose.execute(policy.provider, site.clientId);
    if (choice.providerId === null) {
      return;
    }
    const names = wantedNames(site).map(({ name }) => name);
    const held = await this.#held(site, choice.providerId);
    if (held === undefined) {
      await this.order.anew(site, { ...choice, names, keyType: policy.keyType, profile: policy.profile }, actor);
    } else if (held.status === 'FAILED' || names.some((name) => !held.requestedNames.includes(name))) {
      await this.order.again(held, names, actor);
    } else if (names.length < held.requestedNames.length) {
      // The next renewal leaves them out: a certificate that names more than is served harms nobody.
      await this.certificates.update(held.id, { requestedNames: names });
    }
  }

  /** The one that was asked for its main name: it is there or on its way, or it failed and is tried again. */
  async #held({ clientId, serverId, uri }: Site, providerId: string): Promise<Certificate | undefined> {
    const found = await this.certificates.findByNames(clientId, serverId, [uri]);
    const its = found.filter((one) => one.providerId === providerId);
    return (
      its.findLast(({ status }) => status === 'PENDING' || status === 'ACTIVE') ??
      its.findLast(({ status }) => status === 'FAILED')
    );
  }
}
