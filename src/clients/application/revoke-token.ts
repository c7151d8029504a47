import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import type { ApiToken } from '../domain/api-token.js';
import { TokenStore } from './token-store.js';

/** Makes a token useless for ever. Idempotent: the first time counts. */
export class RevokeToken {
  constructor(
    private readonly tokens: TokenStore,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError ID_INVALID, TOKEN_NOT_FOUND */
  async execute(tokenId: string): Promise<ApiToken> {
    const id = parseId(tokenId);
    const token = await this.tokens.find(id);
    if (!token) {
      throw new DomainError('TOKEN_NOT_FOUND', `There is no token ${id}.`);
    }
    await this.tokens.revoke(id, this.clock.now());
    return token;
  }
}
