import type { Identifier } from '../identifier.js';
import type { Resolver } from './resolver.js';

/** What a client has to show, and for what. */
export interface Proof {
  /** The base name, without an asterisk. */
  readonly identifier: Identifier;
  readonly isWildcard: boolean;
  readonly token: string;
  /** `token.thumbprint` (RFC 8555 §8.1). */
  readonly keyAuthorization: string;
  readonly accountUrl: string;
}

/** Where the CA stands when it looks. */
export interface Surroundings {
  readonly resolver: Resolver;
  /** Where ports 80 and 443 of the world are. */
  readonly ports: { readonly http: number; readonly https: number };
  readonly caaIdentities: readonly string[];
  readonly now: () => Date;
  /** Of a name, or the address itself. */
  addressesOf(host: string): Promise<readonly string[]>;
}
