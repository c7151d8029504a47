import type { Identifier } from './identifier.js';
import { AcmeProblem } from './problem.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What a certificate profile of Let's Encrypt promises and forbids. */
export interface Profile {
  readonly name: string;
  readonly description: string;
  readonly lifeMs: number;
  readonly maxNames: number;
  readonly allowsIp: boolean;
  /** Common name, key encipherment for RSA, subject key identifier. */
  readonly isClassic: boolean;
  readonly pendingAuthorizationMs: number;
  readonly validAuthorizationMs: number;
  readonly orderMs: number;
}

export type Profiles = Readonly<Record<string, Profile>>;

const SHORT = { isClassic: false, maxNames: 25, pendingAuthorizationMs: HOUR_MS, validAuthorizationMs: 7 * HOUR_MS };

/** As of August 2026. `withLife` makes those of other dates. */
export const LETS_ENCRYPT_PROFILES: Profiles = {
  classic: {
    name: 'classic',
    description: 'https://localhost/docs/profiles#classic',
    lifeMs: 90 * DAY_MS,
    maxNames: 100,
    allowsIp: false,
    isClassic: true,
    pendingAuthorizationMs: 7 * DAY_MS,
    validAuthorizationMs: 30 * DAY_MS,
    orderMs: 7 * DAY_MS,
  },
  tlsserver: {
    ...SHORT,
    name: 'tlsserver',
    description: 'https://localhost/docs/profiles#tlsserver',
    lifeMs: 45 * DAY_MS,
    allowsIp: false,
    orderMs: 8 * HOUR_MS,
  },
  shortlived: {
    ...SHORT,
    name: 'shortlived',
    description: 'https://localhost/docs/profiles#shortlived',
    lifeMs: 160 * HOUR_MS,
    allowsIp: true,
    orderMs: 8 * HOUR_MS,
  },
};

/** Other lives than today's, by profile name, in milliseconds. */
export function withLife(profiles: Profiles, lives: Readonly<Record<string, number>>): Profiles {
  return Object.fromEntries(
    Object.entries(profiles).map(([name, profile]) => [name, { ...profile, lifeMs: lives[name] ?? profile.lifeMs }]),
  );
}

/** @throws AcmeProblem invalidProfile, malformed (too many names), unsupportedIdentifier (addresses) */
export function chooseProfile(
  profiles: Profiles,
  wanted: string | undefined,
  identifiers: readonly Identifier[],
): Profile {
  const profile = wanted === undefined ? Object.values(profiles)[0] : profiles[wanted];
  if (profile === undefined || (wanted !== undefined && !Object.hasOwn(profiles, wanted))) {
    throw new AcmeProblem('invalidProfile', `profile name "${String(wanted)}" not recognized`);
  }
  if (identifiers.length > profile.maxNames) {
    throw new AcmeProblem('malformed', `Order cannot contain more than ${profile.maxNames} identifiers`);
  }
  const address = identifiers.find(({ type }) => type === 'ip');
  if (address !== undefined && !profile.allowsIp) {
    const detail = `Profile "${profile.name}" does not permit ip type identifiers`;
    throw new AcmeProblem('rejectedIdentifier', detail, { identifier: address });
  }
  return profile;
}
