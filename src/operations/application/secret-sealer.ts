import type { Secret } from '../../shared/secret.js';

/** Encrypts a secret so that only one server can read it. What it answers may be stored and sent. */
export abstract class SecretSealer {
  /** @throws DomainError SERVER_NOT_FOUND */
  abstract seal(serverId: string, secret: Secret): Promise<string>;
}
