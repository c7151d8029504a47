import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { CryptoKey } from 'jose';
import {
  ENCRYPTION_ALGORITHM,
  SIGNING_ALGORITHM,
  importKey,
  newPartyKeys,
  publicKeys,
  readOrCreate,
  type PartyKeys,
  type PublicPartyKeys,
} from '../queue/key-files.js';
import { newId } from '../shared/ids.js';
import { Secret } from '../shared/secret.js';

interface StoredIdentity {
  readonly serverId: string;
  readonly keys: PartyKeys;
  readonly queuePassword: string;
}

/** Who this runner is: made once, at its first start, and kept in `runner.json` (0600). The server's id is born here. */
export class RunnerIdentity {
  private constructor(
    readonly serverId: string,
    readonly publicKeys: PublicPartyKeys,
    readonly signingKey: CryptoKey,
    readonly decryptionKey: CryptoKey,
    /** Password of this runner's own Redis user; the control plane knows only its hash. */
    readonly queuePassword: Secret,
  ) {}

  static async load(keysDirectory: string): Promise<RunnerIdentity> {
    const stored = await readOrCreate<StoredIdentity>(join(keysDirectory, 'runner.json'), async () => ({
      serverId: newId(),
      keys: await newPartyKeys(),
      queuePassword: randomBytes(32).toString('base64url'),
    }));
    return new RunnerIdentity(
      stored.serverId,
      publicKeys(stored.keys),
      await importKey(stored.keys.signing.privateKey, SIGNING_ALGORITHM),
      await importKey(stored.keys.encryption.privateKey, ENCRYPTION_ALGORITHM),
      new Secret(stored.queuePassword),
    );
  }

  /** As Redis stores it in an ACL (`#<hash>`). */
  get queuePasswordSha256(): string {
    return createHash('sha256').update(this.queuePassword.reveal()).digest('hex');
  }
}
