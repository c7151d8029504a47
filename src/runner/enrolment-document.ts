import type { Backend, ConsumerName, HttpServerPaths, SystemServer, TlsFrontName } from '../consumers/index.js';
import type { PublicPartyKeys } from '../queue/key-files.js';
import type { RunnerIdentity } from './identity.js';

/** What this server says of itself when it is taken under management. Nothing in it is secret. */
export interface EnrolmentDocument {
  readonly serverId: string;
  readonly signingKey: PublicPartyKeys['signing'];
  readonly encryptionKey: PublicPartyKeys['encryption'];
  readonly queuePasswordSha256: string;
  readonly http: {
    readonly consumer: ConsumerName;
    readonly addresses: readonly string[];
    readonly httpPort: number;
    readonly httpsPort: number;
    readonly workerUser: string | null;
    readonly system: SystemServer | null;
    readonly paths: HttpServerPaths;
    readonly front: {
      readonly consumer: TlsFrontName;
      readonly backendPort: number;
      readonly backends: readonly Backend[];
    } | null;
    readonly acmeThumbprints: readonly string[];
  };
  readonly platformRoots: readonly string[];
  readonly stateDirectory: string;
  readonly phpSocket: string;
}

export function enrolmentDocument(
  identity: RunnerIdentity,
  http: EnrolmentDocument['http'],
  platformRoots: readonly string[],
  stateDirectory: string,
  phpSocket: string,
): EnrolmentDocument {
  return {
    serverId: identity.serverId,
    signingKey: identity.publicKeys.signing,
    encryptionKey: identity.publicKeys.encryption,
    queuePasswordSha256: identity.queuePasswordSha256,
    http,
    platformRoots,
    stateDirectory,
    phpSocket,
  };
}
