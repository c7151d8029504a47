import { createPrivateKey, type KeyObject } from 'node:crypto';
import { writeStrictPem } from '../strict-pem.js';
import { octets, readAsn1, TAG } from './asn1.js';
import type { RoundsBudget } from './derivation.js';
import { decryptWithPassphrase } from './password-based.js';
import type { PastedBlock } from './pem-blocks.js';
import { refuseUpload } from './refuse-upload.js';

export interface Passphrase {
  readonly passphrase: string | null;
  readonly budget: RoundsBudget;
}

const FORMATS = { 'PRIVATE KEY': 'pkcs8', 'RSA PRIVATE KEY': 'pkcs1', 'EC PRIVATE KEY': 'sec1' } as const;

export function isKeyLabel(label: string): boolean {
  return label.endsWith('PRIVATE KEY');
}

/**
 * A private key of a PEM block: PKCS#8, PKCS#1, SEC 1, PKCS#8 encrypted, or encrypted in OpenSSL's old way.
 * @throws DomainError CERTIFICATE_REFUSED
 */
export function readPastedKey({ label, headers, der }: PastedBlock, unlocking: Passphrase): KeyObject {
  if (der === undefined) {
    throw unreadable();
  }
  if (label === 'ENCRYPTED PRIVATE KEY') {
    return readEncryptedKey(der, unlocking);
  }
  const format = label in FORMATS ? FORMATS[label as keyof typeof FORMATS] : undefined;
  if (format === undefined) {
    throw refuseUpload(
      'KEY_UNREADABLE',
      `A block "${label}" is not a key that web servers read; export the key as PKCS#8 ("BEGIN PRIVATE KEY").`,
    );
  }
  return headers.some((header) => header.includes('ENCRYPTED'))
    ? readOldEncryptedKey(label, headers, der, mustHave(unlocking))
    : readKey(der, format);
}

/** A key in DER without a label. Undefined when it is none. */
export function readKeyDer(der: Buffer, unlocking: Passphrase): KeyObject | undefined {
  const [first, second] = readAsn1(der)?.children ?? [];
  if (first?.tag === TAG.SEQUENCE && second?.tag === TAG.OCTET_STRING) {
    return readEncryptedKey(der, unlocking);
  }
  for (const format of Object.values(FORMATS)) {
    try {
      return readKey(der, format);
    } catch {
      // The next one, then.
    }
  }
  return undefined;
}

/** EncryptedPrivateKeyInfo (RFC 5958 §3). */
export function readEncryptedKey(der: Buffer, unlocking: Passphrase): KeyObject {
  const [algorithm, data] = readAsn1(der)?.children ?? [];
  if (data === undefined) {
    throw unreadable();
  }
  const opened = decryptWithPassphrase(algorithm, octets(data), { ...unlocking, passphrase: mustHave(unlocking) });
  try {
    return readKey(opened, 'pkcs8');
  } catch {
    // A wrong passphrase leaves valid padding behind once in 256 times.
    throw refuseUpload('PASSPHRASE_WRONG', 'The passphrase does not open the private key.');
  }
}

export function readKey(der: Buffer, type: 'pkcs8' | 'pkcs1' | 'sec1'): KeyObject {
  try {
    return createPrivateKey({ key: der, format: 'der', type });
  } catch {
    throw unreadable();
  }
}

/** RFC 1421 headers: MD5 once and a block cipher, whichever the header names and OpenSSL still has. */
function readOldEncryptedKey(label: string, headers: readonly string[], der: Buffer, passphrase: string): KeyObject {
  const [begin = '', ...rest] = writeStrictPem({ label, der }).split('\n');
  const key = [begin, ...headers, '', ...rest].join('\n');
  try {
    return createPrivateKey({ key, format: 'pem', passphrase });
  } catch {
    throw refuseUpload(
      'PASSPHRASE_WRONG',
      'The passphrase does not open the private key, or it is encrypted with a cipher that has gone out of use.',
    );
  }
}

function mustHave({ passphrase }: Passphrase): string {
  if (passphrase === null) {
    throw refuseUpload('PASSPHRASE_MISSING', 'The private key is encrypted; pass its passphrase, or decrypt it first.');
  }
  return passphrase;
}

function unreadable(): Error {
  return refuseUpload('KEY_UNREADABLE', 'The private key cannot be read; it is damaged, or cut off.');
}
