import { Injectable } from '@nestjs/common';
import { canSeeClient, type Actor } from '../../shared/actor.js';
import { parseId } from '../../shared/ids.js';
import type { Page } from '../../shared/page.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';
import { CertificateProviderStore, type ProviderFilter } from './certificate-provider-store.js';

/** Providers that the actor may use: the operator's, and its own. */
@Injectable()
export class FindCertificateProviders {
  constructor(private readonly providers: CertificateProviderStore) {}

  /** Null when there is none or it may not be seen. @throws DomainError ID_INVALID */
  async one(id: string, actor: Actor): Promise<CertificateProvider | null> {
    const provider = await this.providers.find(parseId(id));
    return provider && (provider.clientId === null || canSeeClient(actor, provider.clientId)) ? provider : null;
  }

  page(page: Page, actor: Actor): Promise<readonly CertificateProvider[]> {
    return this.providers.list(usableBy(actor), page);
  }

  count(actor: Actor): Promise<number> {
    return this.providers.count(usableBy(actor));
  }
}

const usableBy = ({ role, clientId }: Actor): ProviderFilter =>
  role === 'OPERATOR' ? {} : { usableBy: clientId ?? '-' };
