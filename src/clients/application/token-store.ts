import type { ApiToken } from '../domain/api-token.js';

export abstract class TokenStore {
  abstract insert(token: ApiToken): Promise<void>;
  abstract findByHash(hash: string): Promise<ApiToken | null>;
}
