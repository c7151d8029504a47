import type { CertificateProvider } from '../domain/provider/certificate-provider.js';
import type { ProviderChain } from '../domain/provider/backups.js';
import type { CertificateProviderStore } from './certificate-provider-store.js';

/**
 * The provider with this id and its backups, in the order in which they are asked; empty when it is not there. Where the chain comes back
 * to one of its members it ends with that one, a second time: such a chain is refused, not kept.
 */
export async function providerChain(providers: CertificateProviderStore, id: string | null): Promise<ProviderChain> {
  const first = id === null ? null : await providers.find(id);
  return first === null ? [] : chainFrom(providers, first);
}

/** As `providerChain`, with the first as it is going to be. */
export async function chainFrom(
  providers: CertificateProviderStore,
  first: CertificateProvider,
): Promise<ProviderChain> {
  const chain = [first];
  for (let last = first; last.backupId !== null;) {
    const next = last.backupId === first.id ? first : await providers.find(last.backupId);
    if (next === null) {
      break;
    }
    const isCircle = chain.some(({ id }) => id === next.id);
    chain.push(next);
    if (isCircle) {
      break;
    }
    last = next;
  }
  return chain;
}
