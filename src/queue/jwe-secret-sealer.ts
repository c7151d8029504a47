import { RunnerDirectory } from '../operations/application/runner-directory.js';
import { SecretSealer } from '../operations/application/secret-sealer.js';
import { DomainError } from '../shared/domain-error.js';
import type { Secret } from '../shared/secret.js';
import { ENCRYPTION_ALGORITHM, importKey } from './key-files.js';
import { sealSecret } from './sealed-secret.js';

/** Seals to the encryption key with which the runner of the server has introduced itself. */
export class JweSecretSealer extends SecretSealer {
  constructor(private readonly runners: RunnerDirectory) {
    super();
  }

  async seal(serverId: string, secret: Secret): Promise<string> {
    const keys = await this.runners.keys(serverId);
    if (!keys) {
      throw new DomainError('SERVER_NOT_FOUND', `There is no server ${serverId} to seal a secret for.`);
    }
    return sealSecret(secret, await importKey(keys.encryption, ENCRYPTION_ALGORITHM));
  }
}
