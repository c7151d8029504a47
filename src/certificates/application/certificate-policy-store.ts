import type { CertificatePolicy, PolicyScope } from '../domain/provider/certificate-policy.js';

export type PolicyScopeRef = Pick<CertificatePolicy, 'scope' | 'scopeId'>;

export abstract class CertificatePolicyStore {
  /** Takes the place of what this scope said before. */
  abstract put(policy: CertificatePolicy): Promise<void>;
  abstract remove(scope: PolicyScope, scopeId: string): Promise<void>;
  abstract findMany(scopes: readonly PolicyScopeRef[]): Promise<readonly CertificatePolicy[]>;
  abstract countWithProvider(providerId: string): Promise<number>;
}
