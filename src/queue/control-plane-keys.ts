import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CryptoKey, JWK } from 'jose';
import {
  ENCRYPTION_ALGORITHM,
  SIGNING_ALGORITHM,
  importKey,
  newPartyKeys,
  publicKeys,
  readOrCreate,
  type PartyKeys,
  type PublicPartyKeys,
} from './key-files.js';

/** What `api` signs orders with and `relay` opens reports with. Made at the first start, 0600. */
export class ControlPlaneKeys {
  private constructor(
    readonly publicKeys: PublicPartyKeys,
    readonly signingKey: CryptoKey,
    readonly decryptionKey: CryptoKey,
    /** Lets an administrator read orders when all else is lost; null when there is no recovery key. */
    readonly recoveryKey: CryptoKey | null,
  ) {}

  /** Reads `control-plane.json` below `directory`, or makes it; reads `recovery.pub.json` when there is one. */
  static async load(directory: string): Promise<ControlPlaneKeys> {
    const keys = await readOrCreate<PartyKeys>(join(directory, 'control-plane.json'), newPartyKeys);
    return new ControlPlaneKeys(
      publicKeys(keys),
      await importKey(keys.signing.privateKey, SIGNING_ALGORITHM),
      await importKey(keys.encryption.privateKey, ENCRYPTION_ALGORITHM),
      await readRecoveryKey(join(directory, 'recovery.pub.json')),
    );
  }
}

async function readRecoveryKey(path: string): Promise<CryptoKey | null> {
  try {
    return await importKey(JSON.parse(await readFile(path, 'utf8')) as JWK, ENCRYPTION_ALGORITHM);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return null;
    }
    throw error;
  }
}
