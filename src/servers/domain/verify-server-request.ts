import { DRY_RUN, exclusive, type OperationRequest } from '../../operations/index.js';
import type { Server } from './server.js';

/** A dry run keeps everybody out as well: a site that is being changed is neither as it was nor as it should be. */
export function verifyServerRequest(server: Server, dryRun = false): OperationRequest {
  return {
    kind: 'server.verify',
    subject: { type: 'server', id: server.id, label: server.name },
    clientId: null,
    serverId: server.id,
    locks: [exclusive('server', server.id)],
    ...(dryRun && { input: DRY_RUN }),
  };
}
