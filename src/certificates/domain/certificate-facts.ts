import type { X509Certificate } from 'node:crypto';
import { parseHostname } from '../../shared/hostname.js';
import { keyTypeOf, type KeyType } from './key-type.js';
import { spkiOf } from './spki.js';

/** What a certificate says of itself: public, and in the shape in which it is kept. */
export interface CertificateFacts {
  readonly spki: string;
  /** DNS names of the subjectAltName, A-labels in lower case; what cannot be a hostname is left out. */
  readonly names: readonly string[];
  readonly serial: string;
  readonly issuer: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly fingerprint: string;
  /** Undefined for a type that Hlér does not make. */
  readonly keyType: KeyType | undefined;
}

export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    spki: spkiOf(certificate.publicKey),
    names: dnsNames(certificate),
    serial: certificate.serialNumber.toLowerCase(),
    issuer: certificate.issuer.split('\n').join(', '),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    fingerprint: fingerprintOf(certificate),
    keyType: keyTypeOf(certificate.publicKey),
  };
}

/** SHA-256 of its DER, 64 lower-case hex digits. */
export function fingerprintOf({ fingerprint256 }: X509Certificate): string {
  return fingerprint256.replaceAll(':', '').toLowerCase();
}

/** A SHA-256 fingerprint as browsers and openssl show it, or undefined for anything else. */
export function fingerprintIn(text: string): string | undefined {
  const digits = text.trim().replaceAll(':', '').toLowerCase();
  return /^[0-9a-f]{64}$/.test(digits) ? digits : undefined;
}

/** The common name is not looked at: it has not counted as a name since RFC 9525 §2. */
function dnsNames(certificate: X509Certificate): readonly string[] {
  const names = splitAlternativeNames(certificate.subjectAltName ?? '')
    .filter((entry) => entry.startsWith('DNS:'))
    .map((entry) => asHostname(entry.slice('DNS:'.length)))
    .filter((name) => name !== undefined);
  return [...new Set(names)];
}

/** Node quotes a value (as JSON) when it holds what could be mistaken for the next entry: quoted text is not split. */
function splitAlternativeNames(text: string): readonly string[] {
  return text.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g)?.map((entry) => entry.trim()) ?? [];
}

function asHostname(value: string): string | undefined {
  try {
    return parseHostname(value, { wildcard: true });
  } catch {
    return undefined;
  }
}
