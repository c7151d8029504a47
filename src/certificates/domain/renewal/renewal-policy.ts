import type { CertificateProviderName } from '../certificate.js';
import type { RenewalPolicy } from '../provider-kinds/provider-kind.js';
import { PROVIDER_KINDS } from '../provider-kinds/provider-kinds.js';

export type { RenewalPolicy };

/** How the certificates of each provider live on. */
export const RENEWAL_POLICIES: Readonly<Record<CertificateProviderName, RenewalPolicy>> = {
  SELF_SIGNED: PROVIDER_KINDS.SELF_SIGNED.renewal,
  ACME: PROVIDER_KINDS.ACME.renewal,
  UPLOAD: PROVIDER_KINDS.UPLOAD.renewal,
};
