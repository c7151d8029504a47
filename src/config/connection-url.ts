import { Secret } from '../shared/secret.js';

/** Where a MySQL or MariaDB is: over TCP, or over a Unix socket when `socketPath` is there. */
export interface DatabaseConnection {
  readonly host: string;
  readonly port: number;
  readonly socketPath?: string;
  readonly username: string;
  readonly password: Secret;
  readonly database: string;
}

/** Where a Redis is: over TCP, or over a Unix socket when `path` is there. */
export interface RedisConnection {
  readonly host: string;
  readonly port: number;
  readonly path?: string;
  readonly tls: boolean;
  /** Absent: the default user. */
  readonly username?: string;
  readonly password?: Secret;
  readonly db: number;
}

/**
 * Reads `mysql://user:password@host:port/database`, `mariadb://` the same, and `?socketPath=/path` (as mysql2 has it) for
 * a Unix socket; user, password and database percent-encoded. Needed because TypeORM's own reader drops the query.
 * Undefined when the text is none of these.
 */
export function parseDatabaseUrl(text: Secret): DatabaseConnection | undefined {
  const url = parseUrl(text);
  const database = url && decoded(url.pathname.slice(1));
  if (!url || !['mysql:', 'mariadb:'].includes(url.protocol) || !database || database.includes('/') || !url.username) {
    return undefined;
  }
  const socketPath = url.searchParams.get('socketPath');
  const username = decoded(url.username);
  const password = decoded(url.password);
  if (!url.hostname || username === undefined || password === undefined || socketPath?.startsWith('/') === false) {
    return undefined;
  }
  return {
    host: withoutBrackets(url.hostname),
    port: Number(url.port || 3306),
    ...(socketPath !== null && { socketPath }),
    username,
    password: new Secret(password),
    database,
  };
}

/**
 * Reads `redis://user:password@host:port/db`, `rediss://` the same over TLS, and `?path=/path` (as ioredis has it) for a
 * Unix socket. Undefined when the text is none of these.
 */
export function parseRedisUrl(text: Secret): RedisConnection | undefined {
  const url = parseUrl(text);
  if (!url || !['redis:', 'rediss:'].includes(url.protocol) || !url.hostname) {
    return undefined;
  }
  const path = url.searchParams.get('path');
  const db = url.pathname.slice(1) || '0';
  const username = decoded(url.username);
  const password = decoded(url.password);
  if (!/^\d{1,4}$/.test(db) || username === undefined || password === undefined || path?.startsWith('/') === false) {
    return undefined;
  }
  return {
    host: withoutBrackets(url.hostname),
    port: Number(url.port || 6379),
    ...(path !== null && { path }),
    tls: url.protocol === 'rediss:',
    ...(username !== '' && { username }),
    ...(password !== '' && { password: new Secret(password) }),
    db: Number(db),
  };
}

function parseUrl(text: Secret): URL | undefined {
  return URL.canParse(text.reveal()) ? new URL(text.reveal()) : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function withoutBrackets(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
