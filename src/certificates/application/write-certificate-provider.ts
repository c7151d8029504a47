import { Injectable } from '@nestjs/common';
import { ClientStore } from '../../clients/index.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { newId, parseId } from '../../shared/ids.js';
import { parseMachineName } from '../../shared/machine-name.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { parseAcmeSettings } from '../domain/provider/acme-settings.js';
import { backupObjection } from '../domain/provider/backups.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';
import { CertificatePolicyStore } from './certificate-policy-store.js';
import { CertificateProviderStore } from './certificate-provider-store.js';
import { chainFrom } from './provider-chain.js';
import { CertificateStore } from './certificate-store.js';

export interface NewProvider {
  readonly name: string;
  /** Null: the operator's, for everybody. */
  readonly clientId: string | null;
  /** Who is asked when its CA fails. */
  readonly backupId: string | null;
  readonly acme: object;
}

/** What is left out stays as it is. */
export interface ProviderChange {
  readonly name?: string;
  /** Null: none any more. */
  readonly backupId?: string | null;
  readonly acme?: object;
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

  /** @throws DomainError NAME_INVALID, NAME_TAKEN, ID_INVALID, CLIENT_NOT_FOUND, CERTIFICATE_PROVIDER_INVALID, CERTIFICATE_PROVIDER_NOT_FOUND */
  async create({ name, clientId, backupId, acme }: NewProvider): Promise<CertificateProvider> {
    const provider: CertificateProvider = {
      id: newId(),
      name: parseMachineName(name),
      clientId: clientId === null ? null : parseId(clientId),
      backupId: backupId === null ? null : parseId(backupId),
      acme: parseAcmeSettings(acme),
      createdAt: this.clock.now(),
    };
    return this.unitOfWork.run(async () => {
      if (provider.clientId !== null && !(await this.clients.find(provider.clientId))) {
        throw new DomainError('CLIENT_NOT_FOUND', `There is no client ${provider.clientId}.`);
      }
      await this.#mustHaveFitBackups(provider);
      await this.providers.insert(provider);
      return provider;
    });
  }

  /**
   * Settings are replaced as a whole; certificates that are there stay as they are until they are renewed.
   * @throws DomainError ID_INVALID, CERTIFICATE_PROVIDER_NOT_FOUND, NAME_INVALID, NAME_TAKEN, CERTIFICATE_PROVIDER_INVALID
   */
  async update(id: string, change: ProviderChange): Promise<CertificateProvider> {
    return this.unitOfWork.run(async () => {
      const before = await this.#existing(id);
      const provider = {
        ...before,
        name: change.name === undefined ? before.name : parseMachineName(change.name),
        backupId: change.backupId === undefined ? before.backupId : change.backupId && parseId(change.backupId),
        acme: change.acme === undefined ? before.acme : parseAcmeSettings(change.acme),
      };
      await this.#mustHaveFitBackups(provider);
      await this.providers.update(provider);
      await this.#mustStillBeFitBackup(provider);
      return provider;
    });
  }

  /** @throws DomainError ID_INVALID, CERTIFICATE_PROVIDER_NOT_FOUND, CERTIFICATE_PROVIDER_IN_USE */
  async remove(id: string): Promise<CertificateProvider> {
    return this.unitOfWork.run(async () => {
      const provider = await this.#existing(id);
      const certificates = await this.certificates.count({ providerId: provider.id });
      const policies = await this.policies.countWithProvider(provider.id);
      const backups = (await this.providers.withBackup(provider.id)).length;
      if (certificates + policies + backups > 0) {
        throw new DomainError(
          'CERTIFICATE_PROVIDER_IN_USE',
          `${certificates} certificates come from the provider "${provider.name}", ${policies} policies name it, and it is the backup of ${backups} providers.`,
          { details: { certificates, policies, backups } },
        );
      }
      await this.providers.remove(provider.id);
      return provider;
    });
  }

  async #mustHaveFitBackups(provider: CertificateProvider): Promise<void> {
    const chain = await chainFrom(this.providers, provider);
    if (provider.backupId !== null && chain.length === 1) {
      throw new DomainError('CERTIFICATE_PROVIDER_NOT_FOUND', `There is no certificate provider ${provider.backupId}.`);
    }
    const objection = backupObjection(chain);
    if (objection !== undefined) {
      throw new DomainError('CERTIFICATE_PROVIDER_INVALID', objection, { details: { field: 'backupId' } });
    }
  }

  /** For those that it is a backup of, and those that these are a backup of. */
  async #mustStillBeFitBackup({ id }: CertificateProvider): Promise<void> {
    for (const one of await this.providers.withBackup(id)) {
      await this.#mustHaveFitBackups(one);
      await this.#mustStillBeFitBackup(one);
    }
  }

  async #existing(id: string): Promise<CertificateProvider> {
    const provider = await this.providers.find(parseId(id));
    if (!provider) {
      throw new DomainError('CERTIFICATE_PROVIDER_NOT_FOUND', `There is no certificate provider ${id}.`);
    }
    return provider;
  }
}
