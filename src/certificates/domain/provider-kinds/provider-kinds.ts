import { DomainError } from '../../../shared/domain-error.js';
import type { Certificate, CertificateProviderName } from '../certificate.js';
import { acme } from './acme/index.js';
import type { Issuing, ProviderKind } from './provider-kind.js';
import { selfSigned } from './self-signed/index.js';
import { upload } from './upload/index.js';

/** Every way to come by a certificate. A new one is a folder beside these, and a line here. */
export const PROVIDER_KINDS = {
  SELF_SIGNED: selfSigned,
  ACME: acme,
  UPLOAD: upload,
} as const satisfies Readonly<Record<CertificateProviderName, ProviderKind>>;

/** Tasks of which a plan that issues certificates has one. */
export const ISSUE_TASKS: readonly string[] = Object.values<ProviderKind>(PROVIDER_KINDS).flatMap(
  ({ issuing }) => issuing?.task ?? [],
);

/** @throws DomainError CERTIFICATE_NOT_RENEWABLE for what only its owner can get another of */
export function issuingOf({ provider, requestedNames }: Certificate): Issuing {
  const { issuing }: ProviderKind = PROVIDER_KINDS[provider];
  if (issuing === null) {
    throw new DomainError(
      'CERTIFICATE_NOT_RENEWABLE',
      `The certificate for ${requestedNames[0] ?? ''} was uploaded, and is not issued by Hlér.`,
    );
  }
  return issuing;
}
