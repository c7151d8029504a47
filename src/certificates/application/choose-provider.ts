import { Injectable } from '@nestjs/common';
import { DomainError } from '../../shared/domain-error.js';
import { isId } from '../../shared/ids.js';
import type { CertificateProviderName } from '../domain/certificate.js';
import { SELF_SIGNED_PROVIDER } from '../domain/provider/certificate-policy.js';
import { CertificateProviderStore } from './certificate-provider-store.js';

export interface ProviderChoice {
  readonly provider: CertificateProviderName;
  readonly providerId: string | null;
}

/** From what people and policies say (`SELF_SIGNED`, or the id of a provider) to where a certificate comes from. */
@Injectable()
export class ChooseProvider {
  constructor(private readonly providers: CertificateProviderStore) {}

  /** @throws DomainError CERTIFICATE_PROVIDER_NOT_FOUND also for one that belongs to another client */
  async execute(chosen: string, clientId: string): Promise<ProviderChoice> {
    if (chosen === SELF_SIGNED_PROVIDER) {
      return { provider: SELF_SIGNED_PROVIDER, providerId: null };
    }
    const found = isId(chosen) ? await this.providers.find(chosen) : null;
    if (!found || (found.clientId !== null && found.clientId !== clientId)) {
      throw new DomainError('CERTIFICATE_PROVIDER_NOT_FOUND', `There is no certificate provider ${chosen}.`, {
        details: { provider: chosen.slice(0, 64) },
      });
    }
    return { provider: 'ACME', providerId: found.id };
  }
}
