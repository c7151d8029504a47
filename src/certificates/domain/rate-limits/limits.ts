import type { Limit } from './bucket.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** The limits of one CA on orders; null where it has none. */
export interface CaLimits {
  readonly newOrdersPerAccount: Limit | null;
  readonly certificatesPerRegisteredDomain: Limit | null;
  readonly certificatesPerExactSet: Limit | null;
  /** Failed authorizations, for a name and account. */
  readonly failedAuthorizations: Limit | null;
  /** How long after its issue a set of names counts as renewed when it is ordered again. */
  readonly renewalWithinMs: number;
}

/** Let's Encrypt, production, 2026-08. */
export const LETS_ENCRYPT_LIMITS: CaLimits = {
  newOrdersPerAccount: { most: 300, perMs: 3 * HOUR_MS },
  certificatesPerRegisteredDomain: { most: 50, perMs: 7 * DAY_MS },
  certificatesPerExactSet: { most: 5, perMs: 7 * DAY_MS },
  failedAuthorizations: { most: 5, perMs: HOUR_MS },
  renewalWithinMs: 120 * DAY_MS,
};

/** A CA that is not known to limit orders (ZeroSSL, an own one): its 429s are obeyed all the same. */
export const NO_LIMITS: CaLimits = {
  newOrdersPerAccount: null,
  certificatesPerRegisteredDomain: null,
  certificatesPerExactSet: null,
  failedAuthorizations: null,
  renewalWithinMs: 0,
};

/** What can be said of a CA. Its 429s are obeyed in any case. */
export const LIMIT_SET_NAMES = ['LETS_ENCRYPT', 'NONE'] as const;
export type LimitSet = (typeof LIMIT_SET_NAMES)[number];
export const LIMIT_SETS: Readonly<Record<LimitSet, CaLimits>> = { LETS_ENCRYPT: LETS_ENCRYPT_LIMITS, NONE: NO_LIMITS };

const LETS_ENCRYPT_HOST = 'acme-v02.api.letsencrypt.org';

/** Where nothing is said: those of Let's Encrypt for its production. That of its staging is some thirty times wider. */
export function limitSetOf(said: LimitSet | null | undefined, directoryUrl: string): LimitSet {
  return said ?? (new URL(directoryUrl).hostname === LETS_ENCRYPT_HOST ? 'LETS_ENCRYPT' : 'NONE');
}

/**
 * The limits as a client keeps to them: a little less in a burst, at the same pace. Orders do not arrive in the order and at
 * the pace in which they were sent, and certificates are counted when they are issued, not when they are ordered: what is held
 * back covers that, and what a person does with the account by hand.
 */
export function withReserve(limits: CaLimits): CaLimits {
  return {
    ...limits,
    newOrdersPerAccount: held(limits.newOrdersPerAccount, 2),
    certificatesPerRegisteredDomain: held(limits.certificatesPerRegisteredDomain, 1),
    certificatesPerExactSet: held(limits.certificatesPerExactSet, 1),
  };
}

function held(limit: Limit | null, reserve: number): Limit | null {
  if (limit === null) {
    return null;
  }
  const most = Math.max(1, limit.most - reserve);
  return { most, perMs: (limit.perMs / limit.most) * most };
}
