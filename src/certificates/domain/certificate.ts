import type { KeyType } from './key-type.js';

export const CERTIFICATE_PROVIDERS = ['SELF_SIGNED', 'ACME', 'UPLOAD'] as const;
export type CertificateProviderName = (typeof CERTIFICATE_PROVIDERS)[number];

/**
 * PENDING: asked for, nothing to serve yet. ACTIVE: its files are on its server. FAILED: it could not be made.
 * EXPIRED: it was active and nothing has replaced it. Whether it can serve at this moment is for its dates to say.
 */
export const CERTIFICATE_STATUSES = ['PENDING', 'ACTIVE', 'FAILED', 'EXPIRED'] as const;
export type CertificateStatus = (typeof CERTIFICATE_STATUSES)[number];

/** Public data only: the key is born on `serverId` and stays there. What is not known before issue is null until then. */
export interface Certificate {
  readonly id: string;
  readonly clientId: string;
  readonly serverId: string;
  readonly provider: CertificateProviderName;
  readonly keyType: KeyType;
  readonly status: CertificateStatus;
  /** SHA-256 of the SubjectPublicKeyInfo, 64 hex digits: the name of its directory. */
  readonly spki: string | null;
  /** A-labels, lower case, wildcards allowed: those asked for, and once issued those in the certificate. */
  readonly names: readonly string[];
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
  /** The request (PKCS#10) that its key signed on its server; null where none was asked for. */
  readonly csrPem: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
