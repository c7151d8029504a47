import type { JWK } from 'jose';
import type { Account } from '../state.js';
import type { AccountKey } from './jws.js';

/** A request that has passed everything that is the same for all of them. */
export interface AcmeRequest {
  readonly method: string;
  readonly operation: string;
  readonly url: string;
  /** What the path says: ids. */
  readonly parameters: readonly string[];
  readonly address: string;
  readonly signed: SignedRequest | undefined;
}

export interface SignedRequest {
  readonly header: Readonly<Record<string, unknown>>;
  /** Empty for POST-as-GET. */
  readonly payload: Buffer;
  readonly key: AccountKey;
  /** Where it was signed by `kid`. */
  readonly account: Account | undefined;
  readonly jwk: JWK | undefined;
}

export interface Reply {
  readonly status: number;
  /** JSON. */
  readonly body?: unknown;
  readonly text?: { readonly type: string; readonly value: string };
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
}
