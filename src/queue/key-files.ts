import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { newId } from '../shared/ids.js';

/** ECDSA over P-256 for signatures, ECDH-ES over P-256 for encryption (RFC 7518): what every WebCrypto has. */
export const SIGNING_ALGORITHM = 'ES256';
export const ENCRYPTION_ALGORITHM = 'ECDH-ES+A256KW';
export const CONTENT_ENCRYPTION = 'A256GCM';

export interface KeyPairJwk {
  readonly publicKey: JWK;
  readonly privateKey: JWK;
}

/** One side of a conversation: it signs with one pair and is written to with the other. */
export interface PartyKeys {
  readonly signing: KeyPairJwk;
  readonly encryption: KeyPairJwk;
}

export interface PublicPartyKeys {
  readonly signing: JWK;
  readonly encryption: JWK;
}

export function publicKeys(keys: PartyKeys): PublicPartyKeys {
  return { signing: keys.signing.publicKey, encryption: keys.encryption.publicKey };
}

/** Reads a JSON document of keys, or makes it (0600, in a 0700 directory) at the first start. */
export async function readOrCreate<T>(path: string, create: () => Promise<T>): Promise<T> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error;
    }
  }
  const document = await create();
  await writePrivate(path, JSON.stringify(document, null, 2));
  return document;
}

export async function newPartyKeys(): Promise<PartyKeys> {
  return { signing: await newPair(SIGNING_ALGORITHM), encryption: await newPair(ENCRYPTION_ALGORITHM) };
}

/** Keys of other parties are needed for every message, and there are as many as servers. Private ones are not kept here. */
const publicKeysImported = new Map<string, Promise<CryptoKey>>();

export function importKey(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  if (jwk.d !== undefined) {
    return importOnce(jwk, algorithm);
  }
  const name = JSON.stringify([algorithm, jwk]);
  const known = publicKeysImported.get(name) ?? importOnce(jwk, algorithm);
  publicKeysImported.set(name, known);
  known.catch(() => publicKeysImported.delete(name));
  return known;
}

async function importOnce(jwk: JWK, algorithm: string): Promise<CryptoKey> {
  const key = await importJWK(jwk, algorithm);
  if (key instanceof Uint8Array) {
    throw new TypeError('A symmetric key stands where an EC key is expected.');
  }
  return key;
}

async function newPair(algorithm: string): Promise<KeyPairJwk> {
  const pair = await generateKeyPair(algorithm, { crv: 'P-256', extractable: true });
  return { publicKey: await exportJWK(pair.publicKey), privateKey: await exportJWK(pair.privateKey) };
}

/** Never half a file, and never readable by others, not even for a moment. */
async function writePrivate(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${newId()}`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
