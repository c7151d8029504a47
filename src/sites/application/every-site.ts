import { everyRow } from '../../shared/page.js';
import type { Site } from '../domain/site.js';
import type { SiteFilter, SiteStore } from './site-store.js';

const PAGE = 500;

/** All sites that the filter lets through: however many there are, a few hundred are in memory. */
export function everySite(sites: SiteStore, filter: SiteFilter): AsyncGenerator<Site> {
  return everyRow((page) => sites.list(filter, page), PAGE);
}
