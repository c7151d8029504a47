import { Injectable } from '@nestjs/common';
import { OperationStore } from '../../../operations/index.js';
import type { Certificate } from '../../domain/certificate.js';
import type { BackupRequest } from '../../domain/renewal/backup-request.js';
import type { CertificateRenewal } from '../../domain/renewal/certificate-renewal.js';
import { CertificateProviderStore } from '../certificate-provider-store.js';
import { providerChain } from '../provider-chain.js';

/** Which CA the next renewal of a certificate asks, by what the ones before it have met with. */
@Injectable()
export class ChooseCa {
  constructor(
    private readonly providers: CertificateProviderStore,
    private readonly operations: OperationStore,
  ) {}

  /** How many there are to choose from; 1 for what is not issued by a CA. */
  async count({ providerId }: Certificate): Promise<number> {
    return Math.max((await providerChain(this.providers, providerId)).length, 1);
  }

  /** Null: the first choice. */
  async backup(
    { providerId }: Certificate,
    { state, lastOperationId }: CertificateRenewal,
  ): Promise<BackupRequest | null> {
    if (state.ca === 0) {
      return null;
    }
    const backup = (await providerChain(this.providers, providerId))[state.ca];
    if (!backup) {
      return null;
    }
    const last = lastOperationId === null ? null : await this.operations.find(lastOperationId);
    return { providerId: backup.id, why: last?.failure?.summary ?? null };
  }
}
