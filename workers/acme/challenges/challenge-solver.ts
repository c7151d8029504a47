import type { AcmeIdentifier } from '../../../src/certificates/domain/acme/problem.js';
import type { AcmeError } from '../acme-error.js';
import type { Presented } from '../order-state.js';

export interface Challenge {
  readonly identifier: AcmeIdentifier;
  readonly wildcard: boolean;
  readonly token: string;
  /** RFC 8555 §8.1: `<token>.<account thumbprint>`. */
  readonly keyAuthorization: string;
}

/**
 * One way of proving names. `plan` says what will be put in place and changes nothing: that is written down before `present` does it,
 * so that `remove` is possible after any crash. `present` and `remove` are idempotent, and touch nothing but their own.
 */
export interface ChallengeSolver {
  readonly type: 'http-01' | 'dns-01';
  /** `name`: as it was ordered. */
  canProve(name: string): boolean;
  /** Null: the answer stands already. @throws AcmeError local:challengeNotPresented */
  plan(challenge: Challenge, signal: AbortSignal): Promise<Presented | null>;
  /** @throws AcmeError local:challengeNotPresented */
  present(planned: Presented, challenge: Challenge, signal: AbortSignal): Promise<void>;
  /** Returns when the CA will find all of them, or has waited long enough: then with local:challengeNotPresented for each that it will not. */
  confirm(planned: readonly Presented[], signal: AbortSignal): Promise<ReadonlyMap<Presented, AcmeError>>;
  /** @throws AcmeError local:challengeNotPresented */
  remove(presented: Presented, signal: AbortSignal): Promise<void>;
}
