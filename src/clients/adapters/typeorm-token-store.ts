import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
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

  list(): Promise<readonly ApiToken[]> {
    return this.session.repository(ApiTokenEntity).find({ order: { id: 'ASC' } });
  }

  async revoke(id: string, at: Date): Promise<void> {
    await this.session.repository(ApiTokenEntity).update({ id, revokedAt: IsNull() }, { revokedAt: at });
  }

  async remove(hash: string): Promise<void> {
    await this.session.repository(ApiTokenEntity).delete({ hash });
  }

  findByHash(hash: string): Promise<ApiToken | null> {
    return this.session.repository(ApiTokenEntity).findOneBy({ hash });
  }
}
