import type { Page } from '../../shared/page.js';
import type { Site, SiteName, SiteStatus } from '../domain/site.js';

export interface SiteFilter {
  readonly clientId?: string;
  readonly serverId?: string;
  readonly platformId?: string;
  readonly status?: SiteStatus;
  readonly uri?: string;
}

export type SiteChange = Partial<
  Pick<
    Site,
    | 'https'
    | 'hstsMaxAge'
    | 'hstsSaid'
    | 'hstsPromisedUntil'
    | 'phpSocket'
    | 'status'
    | 'httpStatus'
    | 'servedCertificate'
    | 'verifiedAt'
  >
>;

export abstract class SiteStore {
  /** @throws DomainError HOSTNAME_TAKEN: another site has one of the names; the database decides, also of two at once */
  abstract insert(site: Site): Promise<void>;
  abstract find(id: string): Promise<Site | null>;
  /** The site, its row locked until the unit of work ends. */
  abstract lock(id: string): Promise<Site | null>;
  abstract findMany(ids: readonly string[]): Promise<readonly Site[]>;
  abstract list(filter: SiteFilter, page: Page): Promise<readonly Site[]>;
  abstract count(filter: SiteFilter): Promise<number>;
  /** Sites of the client on the server that want or have one of these names, not the deleted ones. */
  abstract findByNames(clientId: string, serverId: string, names: readonly string[]): Promise<readonly Site[]>;
  /** The same for the names of a certificate: a wildcard finds the sites with a name that it stands for. */
  abstract findCoveredBy(clientId: string, serverId: string, names: readonly string[]): Promise<readonly Site[]>;
  abstract update(id: string, change: SiteChange): Promise<void>;

  /** @throws DomainError HOSTNAME_TAKEN */
  abstract insertName(name: SiteName, clientId: string): Promise<void>;
  abstract updateName(id: string, change: Partial<Pick<SiteName, 'redirectTo' | 'status'>>): Promise<void>;
  /** These names are served now: they become LIVE, and those that were to be removed are free again. */
  abstract settleNames(siteId: string, served: readonly string[]): Promise<void>;
  /** The site is gone: all its names are free again. */
  abstract releaseNames(siteId: string): Promise<void>;
}
