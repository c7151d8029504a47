import { createHash, createPrivateKey, createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { link, readFile, rm } from 'node:fs/promises';
import { DomainError } from '../../src/shared/domain-error.js';
import { atomicWrite, ensureDirectory } from '../system/atomic-write.js';
import { errnoOf, fsError } from '../system/fs-error.js';
import { ifPresent } from '../tls/private-files.js';
import { makeKeyPair, privateKeyPem } from '../tls/make-self-signed.js';
import type { AcmePaths } from './acme-paths.js';

export interface AccountKey {
  readonly privateKey: KeyObject;
  /** RFC 7638, SHA-256, base64url: what challenges are answered with. */
  readonly thumbprint: string;
}

/** A new key (P-256), on the disk when this returns. A key is named by its thumbprint, so that none takes another's place. */
export async function makeAccountKey(paths: AcmePaths): Promise<AccountKey> {
  const { privateKey } = await makeKeyPair('EC_P256');
  const key = { privateKey, thumbprint: jwkThumbprint(privateKey) };
  await ensureDirectory(paths.keys, 0o700);
  await atomicWrite({ path: paths.key(key.thumbprint), content: privateKeyPem(privateKey).reveal(), mode: 0o600 });
  return key;
}

/** @throws DomainError ACME_ACCOUNT_UNUSABLE when it is not there or is another */
export async function readAccountKey(paths: AcmePaths, thumbprint: string): Promise<AccountKey> {
  const path = paths.key(thumbprint);
  const pem = await ifPresent(readFile(path, 'utf8'));
  const key = pem === undefined ? undefined : parseKey(pem);
  if (key?.thumbprint !== thumbprint) {
    throw new DomainError('ACME_ACCOUNT_UNUSABLE', `The account key ${path} is missing or damaged.`, {
      details: { path },
    });
  }
  return key;
}

/**
 * The one key that serves every directory unless an account has its own, so that one static line of the web server answers
 * all their challenges. Made when it is first asked for; of several who ask at once all get the same.
 */
export async function defaultAccountKey(paths: AcmePaths): Promise<AccountKey> {
  const known = await ifPresent(readFile(paths.defaultKey, 'utf8'));
  if (known !== undefined) {
    return readAccountKey(paths, known.trim());
  }
  const made = await makeAccountKey(paths);
  const draft = `${paths.defaultKey}.${randomUUID()}`;
  await atomicWrite({ path: draft, content: `${made.thumbprint}\n`, mode: 0o600 });
  try {
    // Unlike a rename, a link is refused where there is one already.
    await link(draft, paths.defaultKey);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') {
      throw fsError(error, paths.defaultKey);
    }
    await rm(paths.key(made.thumbprint), { force: true });
  } finally {
    await rm(draft, { force: true });
  }
  return readAccountKey(paths, (await readFile(paths.defaultKey, 'utf8')).trim());
}

/** From now on accounts get this key. */
export async function setDefaultAccountKey(paths: AcmePaths, thumbprint: string): Promise<void> {
  await atomicWrite({ path: paths.defaultKey, content: `${thumbprint}\n`, mode: 0o600 });
}

/** RFC 7638: the required members only, in lexicographic order, without white space. */
export function jwkThumbprint(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  const { crv, e, kty, n, x, y } = publicKey.export({ format: 'jwk' });
  const members = kty === 'EC' ? { crv, kty, x, y } : { e, kty, n };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

let parsed: { readonly pem: string; readonly key: AccountKey } | undefined;

/** The same key signs for certificate after certificate: the last one is not parsed again. */
function parseKey(pem: string): AccountKey | undefined {
  try {
    if (parsed?.pem !== pem) {
      const privateKey = createPrivateKey(pem);
      parsed = { pem, key: { privateKey, thumbprint: jwkThumbprint(privateKey) } };
    }
    return parsed.key;
  } catch {
    return undefined;
  }
}
