import type { HttpServerSpec } from '../../consumers/index.js';
import type { Server } from './server.js';

/** The server as consumers render for it. */
export function httpServerSpec(server: Server): HttpServerSpec {
  const { addresses, httpPort, httpsPort, paths, workerUser, acmeThumbprints = [], system = null } = server.http;
  return {
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
}

/** The one batch that changes of this server's web server are joined into. */
export const httpBatchKey = (server: Server): string => `${server.http.consumer}:${server.id}`;
