import type { HttpsMode } from '../../consumers/index.js';

/** QUEUED: being made. ENABLED: served. DISABLED: answers with our 503 page. DELETED: gone, kept for its history. */
export const SITE_STATUSES = ['QUEUED', 'ENABLED', 'DISABLED', 'DELETED'] as const;
export type SiteStatus = (typeof SITE_STATUSES)[number];

/** One site: what is wanted of it (`https`, names) and what its last operation found (`status`, `httpStatus` …). */
export interface Site {
  readonly id: string;
  /** Its main name. */
  readonly uri: string;
  readonly platformId: string;
  readonly serverId: string;
  readonly clientId: string;
  readonly https: HttpsMode;
  /** Seconds for which browsers are told to use HTTPS only; 0 takes that back; null: nothing is said. */
  readonly hstsMaxAge: number | null;
  /** What its server says about it, as the last operation that succeeded left it. */
  readonly hstsSaid: number | null;
  /** Until when a browser may hold to what was said before it became less; null when nothing was. */
  readonly hstsPromisedUntil: Date | null;
  /** Where the PHP-FPM pool that runs this site listens; null: where its server says. */
  readonly phpSocket: string | null;
  readonly status: SiteStatus;
  /** What its front page answered at the last verification. */
  readonly httpStatus: number | null;
  /** SPKI of the certificate that its main name was seen to serve. */
  readonly servedCertificate: string | null;
  readonly verifiedAt: Date | null;
  readonly createdAt: Date;
  readonly names: readonly SiteName[];
}

/** LIVE: served. PENDING: wanted, not served yet. REMOVING: still served, or being taken down. */
export const SITE_NAME_STATUSES = ['PENDING', 'LIVE', 'REMOVING'] as const;
export type SiteNameStatus = (typeof SITE_NAME_STATUSES)[number];

/** A hostname that belongs to a site. A hostname belongs to one site only: the database sees to it. */
export interface SiteName {
  readonly id: string;
  readonly siteId: string;
  readonly name: string;
  readonly role: 'MAIN' | 'ALIAS';
  /** The name of the same site that requests are redirected to; null when it is served itself. */
  readonly redirectTo: string | null;
  readonly status: SiteNameStatus;
  readonly createdAt: Date;
}
