import type { Page } from '../../shared/page.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';

/** Whose providers: the operator's own, and those of the client when one is named; left out: everybody's. */
export interface ProviderFilter {
  readonly usableBy?: string;
}

export abstract class CertificateProviderStore {
  /** @throws DomainError NAME_TAKEN */
  abstract insert(provider: CertificateProvider): Promise<void>;
  /** @throws DomainError NAME_TAKEN */
  abstract update(provider: CertificateProvider): Promise<void>;
  abstract remove(id: string): Promise<void>;
  abstract find(id: string): Promise<CertificateProvider | null>;
  abstract findMany(ids: readonly string[]): Promise<readonly CertificateProvider[]>;
  /** Those that name this one as their backup. */
  abstract withBackup(id: string): Promise<readonly CertificateProvider[]>;
  abstract list(filter: ProviderFilter, page: Page): Promise<readonly CertificateProvider[]>;
  abstract count(filter: ProviderFilter): Promise<number>;
}
