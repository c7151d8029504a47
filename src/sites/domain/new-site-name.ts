import { newId } from '../../shared/ids.js';
import type { SiteName } from './site.js';

/** A name that is wanted from now on. */
export function newSiteName(
  siteId: string,
  name: string,
  role: SiteName['role'],
  redirectTo: string | null,
  createdAt: Date,
): SiteName {
  return { id: newId(), siteId, name, role, redirectTo, status: 'PENDING', createdAt };
}
