import type { HttpServerSpec } from '../../consumers/index.js';
import type { Server } from './server.js';
import { batchKeyOf } from './batch-key.js';
import { FRONT_ADDRESS } from './tls-front.js';

/** The server as its web server renders for it. */
export function httpServerSpec(server: Server): HttpServerSpec {
  const { addresses, httpPort, httpsPort, paths, workerUser, front, acmeThumbprints = [], system = null } = server.http;
  const spec: HttpServerSpec = {
    serverId: server.id,
    addresses,
    httpPort,
    httpsPort,
    paths,
    workerUser,
    system,
    tlsGroups: server.tlsGroups,
    programVersion: server.programVersion,
    acmeThumbprints,
    challengeDirectory: `${server.stateDirectory}/acme/challenges`,
  };
  return front
    ? {
        ...spec,
        addresses: [FRONT_ADDRESS],
        httpPort: front.backendPort,
        behindFront: { trustedProxies: [FRONT_ADDRESS] },
      }
    : spec;
}

/** The one batch that changes of this server's web server are joined into. */
export const httpBatchKey = (server: Server): string => batchKeyOf(server.http.consumer, server.id);
