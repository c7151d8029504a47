import type { PlainObject } from '../../shared/plain.js';
import { DomainError } from '../../shared/domain-error.js';
import { fingerprintIn } from './certificate-facts.js';
import type { RevocationReason } from './acme/revocation-reason.js';
import type { Certificate } from './certificate.js';
import { leafOf } from './leaf-of.js';

export interface RevocationWanted {
  readonly reason: RevocationReason;
  /** CERTIFICATE_KEY: where the account at the CA is lost. */
  readonly by: 'ACCOUNT' | 'CERTIFICATE_KEY';
  /** Of a predecessor; left out: what is in force when this is asked. As people paste it, with colons or without. */
  readonly fingerprint?: string | null;
}

/** The input of `certificate.revoke`: settled by the request, whatever is in force when it is its turn. Nothing in it is secret. */
export interface Revocation {
  readonly reason: RevocationReason;
  readonly by: RevocationWanted['by'];
  readonly fingerprint: string;
  /** Without its chain; null: a predecessor, which its server has. */
  readonly certificatePem: string | null;
  /** Of the CA that is asked. */
  readonly acmeDirectoryUrl: string | null;
}

/** What is to be revoked. Pure. @throws DomainError CERTIFICATE_NOT_REVOCABLE, CERTIFICATE_FINGERPRINT_UNKNOWN */
export function revocationOf(certificate: Certificate, { reason, by, fingerprint }: RevocationWanted): Revocation {
  const { providerId, chainPem, acmeDirectoryUrl } = certificate;
  const inForce = certificate.fingerprint;
  if (providerId === null || chainPem === null || inForce === null) {
    throw new DomainError(
      'CERTIFICATE_NOT_REVOCABLE',
      `The certificate for ${certificate.names[0] ?? ''} does not come from a CA that Hlér can ask.`,
    );
  }
  const wanted = parseFingerprint(fingerprint ?? inForce);
  return {
    reason,
    by,
    fingerprint: wanted,
    certificatePem: wanted === inForce ? leafOf(chainPem) : null,
    acmeDirectoryUrl,
  };
}

export function revocationIn(input: PlainObject): Revocation {
  return input as unknown as Revocation;
}

function parseFingerprint(text: string): string {
  const fingerprint = fingerprintIn(text);
  if (fingerprint === undefined) {
    throw new DomainError(
      'CERTIFICATE_FINGERPRINT_UNKNOWN',
      'The fingerprint is no SHA-256 of a certificate: give 64 hex digits, with colons or without.',
    );
  }
  return fingerprint;
}
