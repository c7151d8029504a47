import { createHmac, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';

export interface ProbeKey {
  readonly privateKey: KeyObject;
  readonly alg: string;
  readonly jwk: Readonly<Record<string, unknown>>;
  readonly thumbprint: string;
}

export type Curve = 'P-256' | 'P-384' | 'P-521';
const ALGORITHM: Readonly<Record<Curve, string>> = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' };
const HASH: Readonly<Record<string, string>> = { ES256: 'sha256', ES384: 'sha384', ES512: 'sha512', RS256: 'sha256' };

export async function makeProbeKey(kind: Curve | number = 'P-256'): Promise<ProbeKey> {
  const { privateKey, publicKey } =
    typeof kind === 'number'
      ? generateKeyPairSync('rsa', { modulusLength: kind })
      : generateKeyPairSync('ec', { namedCurve: kind });
  const jwk = publicKey.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>;
  const alg = typeof kind === 'number' ? 'RS256' : ALGORITHM[kind];
  return { privateKey, alg, jwk, thumbprint: await calculateJwkThumbprint(jwk) };
}

export interface FlatJws {
  readonly protected: string;
  readonly payload: string;
  readonly signature: string;
}

/** By OpenSSL and by hand, so that it shares nothing with what verifies it. `payload` is text as it is sent. */
export function signJws(header: object, payload: string, key: ProbeKey): FlatJws {
  const parts = { protected: encode(JSON.stringify(header)), payload: encode(payload) };
  const input = Buffer.from(`${parts.protected}.${parts.payload}`);
  const signature = sign(HASH[key.alg], input, { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return { ...parts, signature: signature.toString('base64url') };
}

export function signHmac(header: object, payload: string, secret: Buffer): FlatJws {
  const parts = { protected: encode(JSON.stringify(header)), payload: encode(payload) };
  const mac = createHmac('sha256', secret).update(`${parts.protected}.${parts.payload}`).digest('base64url');
  return { ...parts, signature: mac };
}

export function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
