import type { Secret } from '../shared/secret.js';
import type { StatePaths } from './state-paths.js';

/** What a process is: `up` is all of them in one, with its own database and Redis unless it is given some. */
export const ROLES = ['up', 'api', 'relay', 'runner'] as const;
export type Role = (typeof ROLES)[number];

export const LOG_FORMATS = ['text', 'json'] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

/** The consumers of `src/consumers` that may be chosen; configuration knows their names only. */
export const HTTP_CONSUMERS = ['nginx', 'apache'] as const;
export type HttpConsumer = (typeof HTTP_CONSUMERS)[number];

/** Who runs the web server: Hlér, one of its own; or the machine's init system, one that Hlér has been opened to. */
export const HTTP_DAEMONS = ['own', 'system'] as const;
export type HttpDaemon = (typeof HTTP_DAEMONS)[number];

/** Those that may stand before it and take TLS off. */
export const TLS_CONSUMERS = ['pound'] as const;
export type TlsConsumer = (typeof TLS_CONSUMERS)[number];

/** Where the web server of the same machine listens behind a TLS front. */
export const BACKEND_ADDRESS = '127.0.0.1';

/** A web server that a TLS front passes requests on to. */
export interface BackendConfig {
  readonly address: string;
  readonly port: number;
  readonly https: { readonly serverName: string; readonly caFile: string | null } | null;
}

export const PORT_VARIABLES = ['HLER_API_PORT', 'HLER_HTTP_PORT', 'HLER_HTTPS_PORT', 'HLER_BACKEND_PORT'] as const;
export type PortVariable = (typeof PORT_VARIABLES)[number];
export type Ports = { readonly [variable in PortVariable]: number };

/** The whole configuration of one process: validated, absolute, deeply frozen. */
export interface Config {
  readonly role: Role;
  readonly paths: StatePaths;
  /** Null only for `up`, which then runs its own MariaDB, and for `runner`, which has none. */
  readonly databaseUrl: Secret | null;
  /** Null only for `up`, which then runs its own Redis. */
  readonly redisUrl: Secret | null;
  /** A hostname or address without brackets. */
  readonly apiHost: string;
  /** Where commands that call the API call it; null: the API of this installation. */
  readonly apiUrl: string | null;
  /** What they show; null: on the control plane they make one for themselves. */
  readonly apiToken: Secret | null;
  readonly graphiql: boolean;
  /** For `up`, wishes until `settlePorts` has turned them into ports that are really free. */
  readonly ports: Ports;
  /** The ports that the environment states: these are served or refused, never replaced. */
  readonly statedPorts: readonly PortVariable[];
  /** As nginx writes them: `127.0.0.1`, `[::1]`, `*`, `[::]`. */
  readonly httpAddresses: readonly string[];
  /** The web server that serves the sites. */
  readonly httpConsumer: HttpConsumer;
  readonly httpDaemon: HttpDaemon;
  /** Main file of the machine's own web server; null: where distributions have it. */
  readonly httpSystemConfig: string | null;
  /** What takes TLS off before it; then the web server listens on HLER_BACKEND_PORT of 127.0.0.1. Null: the web server does. */
  readonly tlsConsumer: TlsConsumer | null;
  /** Where the TLS front passes requests on to; empty: to the web server of this machine. */
  readonly backends: readonly BackendConfig[];
  /** Absolute directories below which the code base of a platform may live; see `isPlatformPath`. */
  readonly platformRoots: readonly string[];
  /** Where PHP-FPM listens for sites that name no socket of their own. */
  readonly phpSocket: string;
  readonly renewalEveryMs: number;
  readonly runnerConcurrency: number;
  readonly workerThreads: number;
  readonly logFormat: LogFormat;
  readonly logLevel: LogLevelName;
  /** Directories in which programs are looked for, in order. */
  readonly programPath: readonly string[];
}
