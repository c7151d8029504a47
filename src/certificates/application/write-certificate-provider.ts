import { Injectable } from '@nestjs/common';
import { ClientStore } from '../../clients/index.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { newId, parseId } from '../../shared/ids.js';
import { parseMachineName } from '../../shared/machine-name.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { parseAcmeSettings } from '../domain/provider/acme-settings.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';
import { CertificatePolicyStore } from './certificate-policy-store.js';
import { CertificateProviderStore } from './certificate-provider-store.js';
import { CertificateStore } from './certificate-store.js';

export interface NewProvider {
  readonly name: string;
  /** Null: the operator's, for everybody. */
  readonly clientId: string | null;
  readonly acme: object;
}

/** Makes, changes and removes providers. The operator's business: their settings name files and programs of the servers. */
@Injectable()
export class WriteCertificateProvider {
  constructor(
    private readonly providers: CertificateProviderStore,
    private readonly policies: CertificatePolicyStore,
    private readonly certificates: CertificateStore,
    private readonly clients: ClientStore,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError NAME_INVALID, NAME_TAKEN, ID_INVALID, CLIENT_NOT_FOUND, CERTIFICATE_PROVIDER_INVALID */
  async create({ name, clientId, acme }: NewProvider): Promise<CertificateProvider> {
    const provider: CertificateProvider = {
      id: newId(),
      name: parseMachineName(name),
      clientId: clientId === null ? null : parseId(clientId),
      acme: parseAcmeSettings(acme),
      createdAt: this.clock.now(),
    };
    return this.unitOfWork.run(async () => {
      if (provider.clientId !== null && !(await this.clients.find(provider.clientId))) {
        throw new DomainError('CLIENT_NOT_FOUND', `There is no client ${provider.clientId}.`);
      }
      await this.providers.insert(provider);
      return provider;
    });
  }

  /**
   * Settings are replaced as a whole; certificates that are there stay as they are until they are renewed.
   * @throws DomainError ID_INVALID, CERTIFICATE_PROVIDER_NOT_FOUND, NAME_INVALID, NAME_TAKEN, CERTIFICATE_PROVIDER_INVALID
   */
  async update(id: string, change: { readonly name?: string; readonly acme?: object }): Promise<CertificateProvider> {
    return this.unitOfWork.run(async () => {
      const before = await this.#existing(id);
      const provider = {
        ...before,
        name: change.name === undefined ? before.name : parseMachineName(change.name),
        acme: change.acme === undefined ? before.acme : parseAcmeSettings(change.acme),
      };
      await this.providers.update(provider);
      return provider;
    });
  }

  /** @throws DomainError ID_INVALID, CERTIFICATE_PROVIDER_NOT_FOUND, CERTIFICATE_PROVIDER_IN_USE */
  async remove(id: string): Promise<CertificateProvider> {
    return this.unitOfWork.run(async () => {
      const provider = await this.#existing(id);
      const certificates = await this.certificates.count({ providerId: provider.id });
      const policies = await this.policies.countWithProvider(provider.id);
      if (certificates + policies > 0) {
        throw new DomainError(
          'CERTIFICATE_PROVIDER_IN_USE',
          `${certificates} certificates come from the provider "${provider.name}", and ${policies} policies name it.`,
          { details: { certificates, policies } },
        );
      }
      await this.providers.remove(provider.id);
      return provider;
    });
  }

  async #existing(id: string): Promise<CertificateProvider> {
    const provider = await this.providers.find(parseId(id));
    if (!provider) {
      throw new DomainError('CERTIFICATE_PROVIDER_NOT_FOUND', `There is no certificate provider ${id}.`);
    }
    return provider;
  }
}
