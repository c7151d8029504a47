import type { ApiToken } from '../domain/api-token.js';

export abstract class TokenStore {
  abstract insert(token: ApiToken): Promise<void>;
  abstract find(id: string): Promise<ApiToken | null>;
  /** All, in the order in which they were made. */
  abstract list(): Promise<readonly ApiToken[]>;
  /** Keeps the time of an earlier revocation. */
  abstract revoke(id: string, at: Date): Promise<void>;
  /** One that was made for a moment, and that nobody has to ask about afterwards. */
  abstract remove(hash: string): Promise<void>;
  abstract findByHash(hash: string): Promise<ApiToken | null>;
}
