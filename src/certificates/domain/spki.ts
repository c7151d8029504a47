import { createHash, type KeyObject } from 'node:crypto';

/**
 * What a certificate is known by on the disk and across servers: SHA-256, in 64 lower-case hex digits, of the DER of its
 * SubjectPublicKeyInfo (RFC 5280 §4.1.2.7; the same bytes that RFC 7469 pins). Same key, same value, whoever signed it.
 */
export function spkiOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

export function isSpki(value: string): boolean {
  return /^[0-9a-f]{64}$/.test(value);
}
