import type { Backend, ConsumerName, HttpServerPaths, SystemServer, TlsFrontName } from '../../consumers/index.js';
import type { PublicJwk } from '../../operations/index.js';
import type { HealthCheck } from './health.js';

/** QUEUED: registered, not verified yet. ENABLED: takes work. LOCKED: takes no new sites. */
export const SERVER_STATUSES = ['QUEUED', 'ENABLED', 'LOCKED', 'DELETED'] as const;
export type ServerStatus = (typeof SERVER_STATUSES)[number];

/** A managed machine, as its runner has introduced it and as its last verification found it. */
export interface Server {
  readonly id: string;
  readonly name: string;
  readonly status: ServerStatus;
  /** Public keys of its runner: its reports are signed with the one, its orders encrypted to the other. */
  readonly signingKey: PublicJwk;
  readonly encryptionKey: PublicJwk;
  /** SHA-256 of the password of its own Redis user. */
  readonly queuePasswordSha256: string;
  readonly http: HttpService;
  /** Directories below which platforms may live. */
  readonly platformRoots: readonly string[];
  /** Where Hlér keeps its keys and configuration there: nothing in or around it may be served. */
  readonly stateDirectory: string;
  /** Where its PHP-FPM listens, for sites that state nothing; those that do stay in its directory. Null: no PHP. */
  readonly phpSocket: string | null;
  readonly programVersion: string | null;
  readonly opensslVersion: string | null;
  readonly tlsGroups: readonly string[];
  readonly diskFreeBytes: number | null;
  /** What its last verification looked at; null: it has not ended yet. */
  readonly health: readonly HealthCheck[] | null;
  readonly verifiedAt: Date | null;
  /** When its runner last gave a sign of life. */
  readonly lastSeenAt: Date | null;
  readonly createdAt: Date;
}

/** Its web server. */
export interface HttpService {
  readonly consumer: ConsumerName;
  readonly addresses: readonly string[];
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly workerUser: string | null;
  /** Set when the machine's own server is used; left out by runners of an earlier release. */
  readonly system?: SystemServer | null;
  readonly paths: HttpServerPaths;
  /** What takes TLS off before it, on the addresses and ports above. One registered by an earlier release does not say. */
  readonly front?: TlsFront | null;
  /** Of the ACME account key of the server: its web server answers the challenges of that key by itself. Left out by an earlier release. */
  readonly acmeThumbprints?: readonly string[];
}

/** Takes TLS off, and passes requests on. */
export interface TlsFront {
  readonly consumer: TlsFrontName;
  /** Where the web server of the same machine listens, on loopback. */
  readonly backendPort: number;
  /** Empty: the web server of the same machine. */
  readonly backends: readonly Backend[];
}
