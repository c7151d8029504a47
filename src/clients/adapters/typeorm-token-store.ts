import { Injectable } from '@nestjs/common';
import { DatabaseSession } from '../../database/database-session.js';
import { TokenStore } from '../application/token-store.js';
import type { ApiToken } from '../domain/api-token.js';
import { ApiTokenEntity } from './api-token.entity.js';

@Injectable()
export class TypeormTokenStore extends TokenStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  async insert(token: ApiToken): Promise<void> {
    await this.session.repository(ApiTokenEntity).insert({ ...token });
  }

  find(id: string): Promise<ApiToken | null> {
    return this.session.repository(ApiTokenEntity).findOneBy({ id });
  }

  findByHash(hash: string): Promise<ApiToken | null> {
    return this.session.repository(ApiTokenEntity).findOneBy({ hash });
  }
}
