import { webcrypto } from 'node:crypto';

export const SIGNING = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

/** P-256, for the CA itself: signing costs next to nothing. */
export async function makeKeyPair(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey({ name: SIGNING.name, namedCurve: SIGNING.namedCurve }, true, ['sign', 'verify']);
}
