import type { KeyType } from './key-type.js';

export const CERTIFICATE_PROVIDERS = ['SELF_SIGNED', 'ACME', 'UPLOAD'] as const;
export type CertificateProviderName = (typeof CERTIFICATE_PROVIDERS)[number];

/**
 * PENDING: asked for, nothing to serve yet. ACTIVE: its files are on its server. FAILED: it could not be made.
 * REVOKED: its CA has been told that nobody must trust it. Whether it can serve at this moment is for its dates to say.
 */
export const CERTIFICATE_STATUSES = ['PENDING', 'ACTIVE', 'FAILED', 'REVOKED'] as const;
export type CertificateStatus = (typeof CERTIFICATE_STATUSES)[number];

/** A name that the others were issued without. */
export interface RefusedName {
  readonly name: string;
  /** Of ACME_CAUSES. */
  readonly cause: string;
  /** Who can mend it. */
  readonly owner: string;
  readonly message: string;
  readonly evidence: string;
  readonly remedy: string;
  /** When another try is worth it (ISO 8601); null: not before something was changed. */
  readonly retryAt: string | null;
  /** It was seen before the CA was asked, which has not refused it. */
  readonly foreseen?: boolean | undefined;
}

/** Public data only: the key is born on `serverId` and stays there. What is not known before issue is null until then. */
export interface Certificate {
  readonly id: string;
  readonly clientId: string;
  readonly serverId: string;
  readonly provider: CertificateProviderName;
  /** Which of the configured ones; null where there is nothing to configure. */
  readonly providerId: string | null;
  /** Of the CA, where another than the provider's is wanted. */
  readonly profile: string | null;
  readonly keyType: KeyType;
  readonly status: CertificateStatus;
  /** SHA-256 of the SubjectPublicKeyInfo, 64 hex digits: the name of its directory. */
  readonly spki: string | null;
  /** A-labels, lower case, wildcards allowed: those asked for, and once issued those in the certificate. */
  readonly names: readonly string[];
  /** All that were asked for: a CA may have had to leave some out. */
  readonly requestedNames: readonly string[];
  /** Why names were left out at the last issue. */
  readonly refusedNames: readonly RefusedName[];
  /** Hex digits, lower case. */
  readonly serial: string | null;
  /** The issuer's distinguished name on one line, such as `C=US, O=Let's Encrypt, CN=R11`. */
  readonly issuer: string | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  /** SHA-256 of the certificate's DER, 64 hex digits: changes with every renewal, where `spki` may not. */
  readonly fingerprint: string | null;
  /** The certificate followed by its chain, as it is served. */
  readonly chainPem: string | null;
  /** What its CA calls it (RFC 9773 §4.1), so that a renewal can name what it replaces. */
  readonly ariId: string | null;
  readonly acmeDirectoryUrl: string | null;
  readonly acmeAccountUrl: string | null;
  /** The profile that it was issued by; null: the CA's default. */
  readonly acmeProfile: string | null;
  /** The request (PKCS#10) that its key signed on its server; null where none was asked for. */
  readonly csrPem: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
