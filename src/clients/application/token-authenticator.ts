import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { Authenticator } from '../../shared/authenticator.js';
import { Clock } from '../../shared/clock.js';
import { hashToken, isUsable, tokenFromHeader } from '../domain/api-token.js';
import { TokenStore } from './token-store.js';

/** Looks a token up by its hash: equal time for every wrong one, and nothing to steal from the database. */
@Injectable()
export class TokenAuthenticator extends Authenticator {
  constructor(
    private readonly tokens: TokenStore,
    private readonly clock: Clock,
  ) {
    super();
  }

  async authenticate(authorizationHeader: string | undefined): Promise<Actor | null> {
    const text = tokenFromHeader(authorizationHeader);
    const token = text && (await this.tokens.findByHash(hashToken(text)));
    if (!token || !isUsable(token, this.clock.now())) {
      return null;
    }
    return { tokenId: token.id, role: token.role, clientId: token.clientId, label: token.label };
  }

  async isStillValid({ tokenId }: Actor): Promise<boolean> {
    const token = await this.tokens.find(tokenId);
    return token !== null && isUsable(token, this.clock.now());
  }
}
