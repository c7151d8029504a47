import { RETRIED_BY_SCHEDULE, exclusive, shared, type Lock, type OperationRequest } from '../../operations/index.js';
import type { Certificate } from './certificate.js';

/** With which a certificate is issued: what its CA refuses is looked at by the schedule until it may be asked for again. */
export const ISSUE_INPUT = { [RETRIED_BY_SCHEDULE]: ['ACME_REFUSED'] };

/**
 * The request for an operation on a certificate: it excludes others on the same certificate and changes of its server. `locks`: of
 * what serves it, where that has to stand still, too.
 */
export function certificateOperation(
  kind: string,
  { id, clientId, serverId, names }: Certificate,
  locks: readonly Lock[] = [],
): OperationRequest {
  return {
    kind,
    subject: { type: 'certificate', id, label: names[0] ?? id },
    clientId,
    serverId,
    locks: [exclusive('certificate', id), shared('server', serverId), ...locks],
  };
}
