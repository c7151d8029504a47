import type { Site } from '../domain/site.js';
import type { SiteFilter, SiteStore } from './site-store.js';

const PAGE = 500;

/** All sites that the filter lets through, page by page: however many there are, a few hundred are in memory. */
export async function* everySite(sites: SiteStore, filter: SiteFilter): AsyncGenerator<Site> {
  for (let after: string | null = null; ;) {
    const page: readonly Site[] = await sites.list(filter, {
      direction: 'FORWARD',
      size: PAGE,
      take: PAGE,
      after,
      before: null,
    });
    yield* page;
    const last = page.at(-1);
    if (page.length < PAGE || !last) {
      return;
    }
    after = last.id;
  }
}
