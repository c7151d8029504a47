import type { CertificateProviderName } from '../certificate.js';

export interface RenewalPolicy {
  /** Hlér can make its successor without a person. */
  readonly automatic: boolean;
  /** Its issuer may say when (RFC 9773). */
  readonly advised: boolean;
}

/** How the certificates of each provider live on. An upload is a person's to replace: it is watched and never renewed. */
export const RENEWAL_POLICIES: Readonly<Record<CertificateProviderName, RenewalPolicy>> = {
  SELF_SIGNED: { automatic: true, advised: false },
  ACME: { automatic: true, advised: true },
  UPLOAD: { automatic: false, advised: false },
};
