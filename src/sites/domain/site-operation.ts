import { exclusive, shared, type OperationRequest } from '../../operations/index.js';
import type { Site } from './site.js';

/** The request for an operation on a site: it excludes others on the same site and changes of what it stands on. */
export function siteOperation(kind: string, site: Site, certificateId: string | null): OperationRequest {
  return {
    kind,
    subject: { type: 'site', id: site.id, label: site.uri },
    clientId: site.clientId,
    serverId: site.serverId,
    locks: [
      exclusive('site', site.id),
      shared('platform', site.platformId),
      shared('server', site.serverId),
      ...(certificateId === null ? [] : [exclusive('certificate', certificateId)]),
    ],
    input: certificateId === null ? {} : { certificateId },
  };
}
