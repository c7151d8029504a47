import type { AccountKey } from './http/jws.js';
import type { Nonces } from './http/nonces.js';
import type { OrderDesk } from './admit-order.js';
import type { FaultPlan } from './fault-plan.js';
import type { Identifier } from './identifier.js';
import type { IssuedCertificate } from './issued-certificates.js';
import type { CertifiedLeaf, Certifier } from './pki/certifier.js';
import type { AcmeProblem } from './problem.js';
import type { Profile } from './profile.js';
import type { Random } from './random.js';
import type { Surroundings } from './validation/proof.js';
import type { ChallengeType } from './validation/validate.js';
import type { VirtualClock } from './virtual-clock.js';

export interface Account {
  readonly id: string;
  /** Replaced by a key change. */
  key: AccountKey;
  status: 'valid' | 'deactivated' | 'revoked';
  contact: readonly string[];
  readonly createdAt: Date;
  readonly externalKeyId?: string;
}

export interface Challenge {
  readonly type: ChallengeType;
  readonly token: string;
  status: 'pending' | 'processing' | 'valid' | 'invalid';
  error?: AcmeProblem;
  validatedAt?: Date;
}

export interface Authorization {
  readonly id: string;
  readonly account: string;
  readonly identifier: Identifier;
  readonly isWildcard: boolean;
  readonly profile: string;
  status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'revoked';
  expires: number;
  readonly challenges: readonly Challenge[];
}

export interface Order {
  readonly id: string;
  readonly account: string;
  readonly identifiers: readonly Identifier[];
  readonly profile: Profile;
  readonly expires: number;
  readonly replaced: IssuedCertificate | undefined;
  readonly replaces: string | undefined;
  readonly authorizations: readonly Authorization[];
  /** Once it is finalized; before, the status follows from the authorizations. */
  finalized?: 'processing' | 'valid';
  error?: AcmeProblem;
  serial?: string;
  /** What it claims to be for some more looks, by fault. */
  pretence?: { readonly status: 'processing' | 'ready' | 'valid'; polls: number };
}

export interface StoredCertificate extends CertifiedLeaf {
  readonly facts: IssuedCertificate;
  /** RFC 7638 of the certified key. */
  readonly keyThumbprint: string;
}

export interface CaOptions {
  readonly termsOfService: string;
  readonly website: string;
  readonly caaIdentities: readonly string[];
  /** Identifiers and secrets (base64url) of external accounts; required when there is one. */
  readonly externalAccounts: Readonly<Record<string, string>>;
}

/** All that one CA is and knows. Operations change it; nothing else does. */
export interface CaState {
  readonly baseUrl: string;
  readonly options: CaOptions;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: FaultPlan;
  readonly nonces: Nonces;
  readonly desk: OrderDesk;
  readonly certifier: Certifier;
  readonly surroundings: Surroundings;
  readonly accounts: Map<string, Account>;
  readonly authorizations: Map<string, Authorization>;
  readonly orders: Map<string, Order>;
  /** By serial number. */
  readonly certificates: Map<string, StoredCertificate>;
  /** Keys (RFC 7638) that were given away: nothing is certified or registered with them. */
  readonly blockedKeys: Set<string>;
}

export function accountUrl(ca: CaState, id: string): string {
  return `${ca.baseUrl}/acme/acct/${id}`;
}

export function orderUrl(ca: CaState, order: Order): string {
  return `${ca.baseUrl}/acme/order/${order.account}/${order.id}`;
}

export function authorizationUrl(ca: CaState, { id }: Authorization): string {
  return `${ca.baseUrl}/acme/authz/${id}`;
}

export function challengeUrl(ca: CaState, { id }: Authorization, { type }: Challenge): string {
  return `${ca.baseUrl}/acme/chall/${id}/${type}`;
}
