import { createHash, randomBytes } from 'node:crypto';
import type { Role } from '../../shared/actor.js';
import { Secret } from '../../shared/secret.js';

/** What is kept of a token: never the token itself. */
export interface ApiToken {
  readonly id: string;
  /** SHA-256 of the token, 64 hex digits. A fast hash is enough for 256 random bits. */
  readonly hash: string;
  readonly label: string;
  readonly role: Role;
  readonly clientId: string | null;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly revokedAt: Date | null;
}

/** `hler_` and 256 random bits: the prefix lets secret scanners find a token that was leaked. */
export function newTokenText(): Secret {
  return new Secret(`hler_${randomBytes(32).toString('base64url')}`);
}

export function hashToken(token: Secret): string {
  return createHash('sha256').update(token.reveal()).digest('hex');
}

const BEARER = /^Bearer +(hler_[A-Za-z0-9_-]{43})$/i;

/** The token of an `Authorization` header, or null when the header holds none of ours. */
export function tokenFromHeader(header: string | undefined): Secret | null {
  const token = BEARER.exec(header ?? '')?.[1];
  return token === undefined ? null : new Secret(token);
}

export type TokenState = 'USABLE' | 'REVOKED' | 'EXPIRED';

export function tokenState({ revokedAt, expiresAt }: ApiToken, now: Date): TokenState {
  if (revokedAt !== null) {
    return 'REVOKED';
  }
  return expiresAt === null || expiresAt > now ? 'USABLE' : 'EXPIRED';
}

export function isUsable(token: ApiToken, now: Date): boolean {
  return tokenState(token, now) === 'USABLE';
}
