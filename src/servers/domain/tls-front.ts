import type { Backend, HttpServerSpec, TlsFrontName } from '../../consumers/index.js';
import { batchKeyOf } from './batch-key.js';
import type { Server } from './server.js';

/** A front and the web server of the same machine speak over loopback; the web server believes nobody else. */
export const FRONT_ADDRESS = '127.0.0.1';

export interface TlsFrontOfServer {
  readonly consumer: TlsFrontName;
  readonly spec: HttpServerSpec;
  /** The one batch that changes of this front are joined into: each costs a moment without a listener. */
  readonly batchKey: string;
  /** Where it passes requests on to. */
  readonly backends: readonly Backend[];
  /** The web server of this machine serves the sites, or passes them on. */
  readonly passesThroughWebServer: boolean;
  /** Whom that web server passes them on to, over HTTPS: it verifies their certificates, which the front cannot. Empty: it serves them itself. */
  readonly beyond: readonly Backend[];
}

/** What stands before the web server of this server; null: nothing does. Pure. */
export function tlsFrontOf({ id, http }: Server): TlsFrontOfServer | null {
  const { front, addresses, httpPort, httpsPort, paths } = http;
  if (!front) {
    return null;
  }
  const own: Backend = { address: FRONT_ADDRESS, port: front.backendPort, https: null };
  const beyond = front.backends.filter(({ https }) => https !== null);
  const backends = front.backends.length === 0 || beyond.length > 0 ? [own] : front.backends;
  return {
    consumer: front.consumer,
    batchKey: batchKeyOf(front.consumer, id),
    backends,
    beyond,
    passesThroughWebServer: backends.some(({ address, port }) => address === own.address && port === own.port),
    spec: {
      serverId: id,
      addresses,
      httpPort,
      httpsPort,
      paths,
      // Pages are not its to read: whatever account the machine has for web servers will do.
      workerUser: null,
      tlsGroups: [],
      programVersion: null,
      acmeThumbprints: [],
      // Any web server of Hlér knows the answer, for every name.
      challenges: [own],
    },
  };
}
