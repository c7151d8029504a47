import { Injectable } from '@nestjs/common';
import {
  CertificatePolicyStore,
  ChooseProvider,
  SELF_SIGNED_PROVIDER,
  type CertificatePolicy,
  type PolicyScope,
} from '../../certificates/index.js';
import { ClientStore } from '../../clients/index.js';
import { PlatformStore } from '../../platforms/index.js';
import { ServerStore } from '../../servers/index.js';
import { canSeeClient, type Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { SiteStore } from './site-store.js';

const PROFILE = /^[A-Za-z0-9._-]{1,100}$/;

export type PolicyInput = Omit<CertificatePolicy, 'scopeId'> & { readonly scopeId: string | null };

/** Says where the certificates of a site, or of all sites of a client, platform, server or installation come from. */
@Injectable()
export class SetCertificatePolicy {
  constructor(
    private readonly policies: CertificatePolicyStore,
    private readonly choose: ChooseProvider,
    private readonly sites: SiteStore,
    private readonly clients: ClientStore,
    private readonly platforms: PlatformStore,
    private readonly servers: ServerStore,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Holds for certificates that are asked for from now on. All null: the scope says nothing any more.
   * @throws DomainError ID_INVALID, SITE_NOT_FOUND, CLIENT_NOT_FOUND, PLATFORM_NOT_FOUND, SERVER_NOT_FOUND,
   * CERTIFICATE_PROVIDER_NOT_FOUND, INPUT_INVALID, FORBIDDEN
   */
  async execute(input: PolicyInput, actor: Actor): Promise<CertificatePolicy> {
    return this.unitOfWork.run(async () => {
      const { scopeId, clientId } = await this.#scope(input.scope, input.scopeId, actor);
      const policy: CertificatePolicy = { ...input, scopeId };
      if (policy.profile !== null && !PROFILE.test(policy.profile)) {
        throw new DomainError('INPUT_INVALID', 'The profile is no name of a profile.', {
          details: { field: 'profile' },
        });
      }
      await this.#checkProvider(policy.provider, clientId);
      if (policy.provider === null && policy.keyType === null && policy.profile === null) {
        await this.policies.remove(policy.scope, scopeId);
      } else {
        await this.policies.put(policy);
      }
      return policy;
    });
  }

  /** What holds for many clients' sites must be a provider that all of them may use. */
  async #checkProvider(provider: string | null, clientId: string | null): Promise<void> {
    if (provider === null || provider === SELF_SIGNED_PROVIDER) {
      return;
    }
    await this.choose.execute(provider, clientId ?? '');
  }

  async #scope(
    scope: PolicyScope,
    id: string | null,
    actor: Actor,
  ): Promise<{ readonly scopeId: string; readonly clientId: string | null }> {
    if (scope === 'SITE') {
      const site = await this.sites.find(parseId(id ?? ''));
      if (!site || site.status === 'DELETED' || !canSeeClient(actor, site.clientId)) {
        throw new DomainError('SITE_NOT_FOUND', `There is no site ${id}.`);
      }
      return { scopeId: site.id, clientId: site.clientId };
    }
    if (scope === 'CLIENT') {
      const client = await this.clients.find(parseId(id ?? ''));
      if (!client || !canSeeClient(actor, client.id)) {
        throw new DomainError('CLIENT_NOT_FOUND', `There is no client ${id}.`);
      }
      return { scopeId: client.id, clientId: client.id };
    }
    if (actor.role !== 'OPERATOR') {
      throw new DomainError('FORBIDDEN', `The policy of a ${scope.toLowerCase()} is for the operator to set.`, {
        details: { permission: 'certificate-policy:write' },
      });
    }
    if (scope === 'PLATFORM' && !(await this.platforms.find(parseId(id ?? '')))) {
      throw new DomainError('PLATFORM_NOT_FOUND', `There is no platform ${id}.`);
    }
    if (scope === 'SERVER' && !(await this.servers.find(parseId(id ?? '')))) {
      throw new DomainError('SERVER_NOT_FOUND', `There is no server ${id}.`);
    }
    return { scopeId: scope === 'INSTALLATION' ? '' : (id ?? ''), clientId: null };
  }
}
