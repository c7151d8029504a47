import type { KeyType } from '../key-type.js';
import { DEFAULT_KEY_TYPE } from '../key-type.js';

/** What a policy holds for; the nearest to the site comes first and wins. */
export const POLICY_SCOPES = ['SITE', 'CLIENT', 'PLATFORM', 'SERVER', 'INSTALLATION'] as const;
export type PolicyScope = (typeof POLICY_SCOPES)[number];

/** Where new certificates come from: what a scope says of it. Null: it says nothing, and the next one is asked. */
export interface CertificatePolicy {
  readonly scope: PolicyScope;
  /** Of the site, client, platform or server; `''` for the installation. */
  readonly scopeId: string;
  /** `SELF_SIGNED`, or the id of a provider. */
  readonly provider: string | null;
  readonly keyType: KeyType | null;
  /** Of the CA; wins over the provider's own. */
  readonly profile: string | null;
}

export const SELF_SIGNED_PROVIDER = 'SELF_SIGNED';

export type PolicyField = 'provider' | 'keyType' | 'profile';

/** What holds for one site, and who says so; null: nobody, it is the default. */
export interface EffectivePolicy {
  readonly provider: string;
  readonly keyType: KeyType;
  readonly profile: string | null;
  readonly from: { readonly [field in PolicyField]: PolicyScope | null };
}

/** Each field is decided by itself: a site may want another key type and leave the provider to its client. Pure. */
export function effectivePolicy(policies: readonly CertificatePolicy[]): EffectivePolicy {
  const nearestFirst = POLICY_SCOPES.flatMap((scope) => policies.filter((policy) => policy.scope === scope));
  const who = (field: PolicyField): CertificatePolicy | undefined =>
    nearestFirst.find((policy) => policy[field] !== null);
  const [provider, keyType, profile] = [who('provider'), who('keyType'), who('profile')];
  return {
    provider: provider?.provider ?? SELF_SIGNED_PROVIDER,
    keyType: keyType?.keyType ?? DEFAULT_KEY_TYPE,
    profile: profile?.profile ?? null,
    from: { provider: provider?.scope ?? null, keyType: keyType?.scope ?? null, profile: profile?.scope ?? null },
  };
}
