import type { ApiToken } from '../domain/api-token.js';

export abstract class TokenStore {
  abstract insert(token: ApiToken): Promise<void>;
  abstract find(id: string): Promise<ApiToken | null>;
  abstract findByHash(hash: string): Promise<ApiToken | null>;
}
