import { canSeeClient, type Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Site } from './site.js';

/** The site, if it is there and the actor may see it; the two refusals look the same from outside. */
export function visibleSite(site: Site | null, id: string, actor: Actor): Site {
  if (!site || !canSeeClient(actor, site.clientId)) {
    throw new DomainError('SITE_NOT_FOUND', `There is no site ${id}.`);
  }
  return site;
}
