import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, errors, flattenedVerify, type JWK } from 'jose';
import { AcmeProblem } from '../problem.js';

export const ALGORITHMS = ['RS256', 'ES256', 'ES384', 'ES512'] as const;
const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
const BASE64URL = /^[\w-]*$/;

/** A flattened JWS (RFC 7515 §7.2.2) as RFC 8555 §6.2 restricts it. Nothing of it is proved yet. */
export interface Jws {
  readonly header: Readonly<Record<string, unknown>>;
  readonly alg: string;
  /** Exactly one of the two is there. */
  readonly jwk: JWK | undefined;
  readonly kid: string | undefined;
  readonly raw: { readonly protected: string; readonly payload: string; readonly signature: string };
}

/** Shape only. @throws AcmeProblem malformed, badSignatureAlgorithm */
export function parseJws(body: string, algorithms: readonly string[] = ALGORITHMS): Jws {
  const raw = parseObject(body, 'JWS');
  const { protected: head, payload, signature } = raw;
  if (typeof head !== 'string' || typeof payload !== 'string' || typeof signature !== 'string') {
    throw new AcmeProblem('malformed', 'JWS must have "protected", "payload" and "signature", all strings');
  }
  if ('header' in raw || 'signatures' in raw) {
    const member = 'header' in raw ? 'header' : 'signatures';
    throw new AcmeProblem('malformed', `JWS "${member}" field not allowed; only the protected header is read`);
  }
  if (![head, payload, signature].every((part) => BASE64URL.test(part)) || signature === '') {
    throw new AcmeProblem('malformed', 'Parse error reading JWS: not base64url without padding');
  }
  const header = parseObject(Buffer.from(head, 'base64url').toString('utf8'), 'protected header');
  const { alg, jwk, kid } = header;
  if (typeof alg !== 'string' || !algorithms.includes(alg)) {
    const detail = `JWS signature header contains unsupported algorithm "${String(alg)}", expected one of ${algorithms.join(', ')}`;
    throw new AcmeProblem('badSignatureAlgorithm', detail, { members: { algorithms } });
  }
  if ((jwk === undefined) === (kid === undefined)) {
    throw new AcmeProblem('malformed', 'JWS must have exactly one of "jwk" and "kid"');
  }
  if (kid !== undefined && typeof kid !== 'string') {
    throw new AcmeProblem('malformed', 'JWS "kid" must be a string');
  }
  if ('crit' in header || 'b64' in header) {
    throw new AcmeProblem('malformed', 'JWS has critical header extensions, which are not supported');
  }
  return { header, alg, jwk: jwk as JWK | undefined, kid, raw: { protected: head, payload, signature } };
}

export interface AccountKey {
  readonly key: KeyObject;
  readonly jwk: JWK;
  readonly thumbprint: string;
}

/** A public key that is strong enough to sign for an account. @throws AcmeProblem badPublicKey */
export async function readAccountKey(jwk: unknown): Promise<AccountKey> {
  const { kty, d, k } = (jwk ?? {}) as Record<string, unknown>;
  if ((kty !== 'RSA' && kty !== 'EC') || d !== undefined || k !== undefined) {
    throw new AcmeProblem('badPublicKey', 'The key must be a public RSA or EC key');
  }
  try {
    const key = createPublicKey({ key: jwk as JWK & { kty: string }, format: 'jwk' });
    const bits = key.asymmetricKeyDetails?.modulusLength;
    if (bits !== undefined && (bits < 2_048 || bits > 4_096)) {
      throw new AcmeProblem('badPublicKey', `key size not supported: ${bits}`);
    }
    const clean = key.export({ format: 'jwk' });
    return { key, jwk: clean, thumbprint: await calculateJwkThumbprint(clean) };
  } catch (error) {
    throw error instanceof AcmeProblem ? error : new AcmeProblem('badPublicKey', 'The key cannot be read');
  }
}

/** The payload, once the signature is good. @throws AcmeProblem malformed */
export async function verifiedPayload({ alg, raw }: Jws, { key, jwk }: AccountKey): Promise<Buffer> {
  const isFit = alg.startsWith('RS') ? jwk.kty === 'RSA' : jwk.kty === 'EC' && jwk.crv === CURVES[alg];
  if (!isFit) {
    throw new AcmeProblem('malformed', `JWS algorithm ${alg} does not fit the key`);
  }
  return verify(raw, key, alg);
}

/** By a secret (HMAC) or a public key. */
export async function verify(raw: Jws['raw'], key: KeyObject | Uint8Array, alg: string): Promise<Buffer> {
  try {
    return Buffer.from((await flattenedVerify(raw, key, { algorithms: [alg] })).payload);
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) {
      throw new AcmeProblem('malformed', 'JWS verification error');
    }
    throw error;
  }
}

/** @throws AcmeProblem malformed */
export function parseObject(text: string, what: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Readonly<Record<string, unknown>>;
    }
  } catch {
    // Said below.
  }
  throw new AcmeProblem('malformed', `Parse error reading ${what}: not a JSON object`);
}
