import type { Limit } from './token-bucket.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const limit = (burst: number, periodMs: number, count = burst): Limit => ({ burst, count, periodMs });

/** Let's Encrypt in production, August 2026. The refills follow: 36 s, 201.6 min, 33.6 h, 12 min, a day, 18 min, 21.6 s. */
export const LETS_ENCRYPT_LIMITS = {
  newAccountsPerAddress: limit(10, 3 * HOUR_MS),
  newAccountsPerIpv6Range: limit(500, 3 * HOUR_MS),
  newOrdersPerAccount: limit(300, 3 * HOUR_MS),
  certificatesPerDomain: limit(50, 7 * DAY_MS),
  certificatesPerIdentifierSet: limit(5, 7 * DAY_MS),
  failedAuthorizations: limit(5, HOUR_MS),
  /** Consecutive failures: full, it pauses. */
  failuresBeforePause: limit(1_152, DAY_MS, 1),
} as const satisfies Readonly<Record<string, Limit>>;

export type LimitName = keyof typeof LETS_ENCRYPT_LIMITS;
export type Limits = Readonly<Record<LimitName, Limit>>;

export const LETS_ENCRYPT_STAGING_LIMITS: Limits = {
  ...LETS_ENCRYPT_LIMITS,
  newOrdersPerAccount: limit(1_500, 3 * HOUR_MS),
  certificatesPerDomain: limit(30_000, 7 * DAY_MS),
  certificatesPerIdentifierSet: limit(30_000, 7 * DAY_MS),
  failedAuthorizations: limit(200, HOUR_MS),
};
