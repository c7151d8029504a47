import { Injectable } from '@nestjs/common';
import type { Role } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { newId } from '../../shared/ids.js';
import { parseLabel } from '../../shared/label.js';
import type { Secret } from '../../shared/secret.js';
import { hashToken, newTokenText } from '../domain/api-token.js';
import { ClientStore } from './client-store.js';
import { TokenStore } from './token-store.js';

export interface CreateTokenInput {
  readonly label: string;
  /** Machine name of the client that the token belongs to; without one it is an operator's. */
  readonly client?: string;
  readonly expiresAt?: Date;
}

/** Makes a token. Its text exists only in the answer: the database has the hash. */
@Injectable()
export class CreateToken {
  constructor(
    private readonly tokens: TokenStore,
    private readonly clients: ClientStore,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError INPUT_INVALID, CLIENT_NOT_FOUND */
  async execute(input: CreateTokenInput): Promise<Secret> {
    const label = parseLabel(input.label, 'label');
    const clientId = input.client === undefined ? null : await this.#clientId(input.client);
    const role: Role = clientId === null ? 'OPERATOR' : 'CLIENT';
    const token = newTokenText();
    await this.tokens.insert({
      id: newId(),
      hash: hashToken(token),
      label,
      role,
      clientId,
      createdAt: this.clock.now(),
      expiresAt: input.expiresAt ?? null,
      revokedAt: null,
    });
    return token;
  }

  async #clientId(name: string): Promise<string> {
    const client = await this.clients.findByName(name);
    if (!client) {
      throw new DomainError('CLIENT_NOT_FOUND', `There is no client named "${name}".`);
    }
    return client.id;
  }
}
