import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readStrictPem } from './strict-pem.js';

/** What a provider hands over and a server is about to serve, as PEM. */
export interface CertificateMaterial {
  /** The leaf, alone. */
  readonly certificatePem: string;
  /** What signed it, each signed by the next; empty for a self-signed certificate. The root may be left out. */
  readonly chainPem: string;
  /** Left out where the key is elsewhere: then nothing is said about it. */
  readonly privateKeyPem?: string;
  /** Every one must be covered. */
  readonly names: readonly string[];
}

export type MaterialReason =
  | 'CERTIFICATE_MISSING'
  | 'CERTIFICATE_UNREADABLE'
  | 'CHAIN_UNREADABLE'
  | 'KEY_MISSING'
  | 'KEY_UNREADABLE'
  | 'KEY_ENCRYPTED'
  | 'KEY_TOO_WEAK'
  | 'KEY_TYPE_NOT_SUPPORTED'
  | 'SIGNATURE_TOO_WEAK'
  | 'KEY_DOES_NOT_MATCH'
  | 'LEAF_IS_CA'
  | 'NOT_FOR_SERVERS'
  | 'CHAIN_MISSING'
  | 'CHAIN_BROKEN'
  | 'CHAIN_EXPIRED'
  | 'NAMES_NOT_COVERED'
  | 'NOT_YET_VALID'
  | 'EXPIRED'
  | 'REFUSED_BY_TLS';

export interface MaterialProblem {
  readonly reason: MaterialReason;
  readonly message: string;
}

/** The same, read: what the checks look at. */
export interface ReadMaterial {
  readonly pem: CertificateMaterial;
  readonly leaf: X509Certificate;
  readonly chain: readonly X509Certificate[];
  readonly key: KeyObject | undefined;
}

export function readMaterial(pem: CertificateMaterial): ReadMaterial | MaterialProblem {
  const certificates = readCertificates(pem.certificatePem);
  const [leaf, ...more] = certificates ?? [];
  if (leaf === undefined || more.length > 0) {
    return certificates?.length === 0
      ? { reason: 'CERTIFICATE_MISSING', message: 'The certificate is empty.' }
      : {
          reason: 'CERTIFICATE_UNREADABLE',
          message: 'The certificate is not one certificate in strict PEM (RFC 7468).',
        };
  }
  const chain = readCertificates(pem.chainPem);
  if (chain === undefined) {
    return { reason: 'CHAIN_UNREADABLE', message: 'The chain is not a list of certificates in strict PEM (RFC 7468).' };
  }
  if (pem.privateKeyPem === undefined) {
    return { pem, leaf, chain, key: undefined };
  }
  const key = readKey(pem.privateKeyPem);
  return 'reason' in key ? key : { pem, leaf, chain, key: key.key };
}

/** Undefined when it is not strict PEM, holds something else, or a certificate does not fill its DER to the last byte. */
function readCertificates(text: string): readonly X509Certificate[] | undefined {
  const certificates: X509Certificate[] = [];
  for (const { label, der } of readStrictPem(text) ?? [{ label: 'NOT PEM', der: Buffer.alloc(0) }]) {
    try {
      const certificate = new X509Certificate(der);
      if (label !== 'CERTIFICATE' || !certificate.raw.equals(der)) {
        return undefined;
      }
      certificates.push(certificate);
    } catch {
      return undefined;
    }
  }
  return certificates;
}

const KEY_LABELS = ['PRIVATE KEY', 'RSA PRIVATE KEY', 'EC PRIVATE KEY'];

/** Messages are our own: what OpenSSL says of a key it could not read may quote it. */
function readKey(text: string): { readonly key: KeyObject } | MaterialProblem {
  const encrypted = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text);
  if (encrypted) {
    return {
      reason: 'KEY_ENCRYPTED',
      message: 'The private key is protected by a passphrase, which no server can ask for; decrypt it first.',
    };
  }
  const [block, ...more] = readStrictPem(text) ?? [];
  if (text.trim() === '') {
    return { reason: 'KEY_MISSING', message: 'The private key is empty.' };
  }
  const unreadable: MaterialProblem = {
    reason: 'KEY_UNREADABLE',
    message: 'The private key is not one key in strict PEM (PKCS#8, PKCS#1 or SEC 1).',
  };
  if (block === undefined || more.length > 0 || !KEY_LABELS.includes(block.label)) {
    return unreadable;
  }
  try {
    return { key: createPrivateKey(text) };
  } catch {
    return unreadable;
  }
}
