import { exclusive, type OperationRequest } from '../../operations/index.js';
import type { Server } from './server.js';

export function verifyServerRequest(server: Server): OperationRequest {
  return {
    kind: 'server.verify',
    subject: { type: 'server', id: server.id, label: server.name },
    clientId: null,
    serverId: server.id,
    locks: [exclusive('server', server.id)],
  };
}
