import type { PolicySubject } from '../../certificates/index.js';
import type { Site } from '../domain/site.js';

/** Whose policies may hold for the site. */
export const policySubject = ({ id, clientId, platformId, serverId }: Site): PolicySubject => ({
  siteId: id,
  clientId,
  platformId,
  serverId,
});
