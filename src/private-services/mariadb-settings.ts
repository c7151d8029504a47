import { createHash } from 'node:crypto';
import type { Secret } from '../shared/secret.js';
import type { PrivateCredentials } from './credentials.js';
import type { Durability } from './private-service.js';

export const MARIADB_DATABASE = 'hler';
export const MARIADB_USER = 'hler';

/** What the migrations and the work of the control plane need, on its own database and nothing else. */
export const MARIADB_PRIVILEGES = 'SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES';

// Not flushing costs nothing but durability: `nosync` is for data that is thrown away.
const RELAXED = [
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-flush-method=nosync',
  '--skip-innodb-doublewrite',
  '--innodb-buffer-pool-size=64M',
];

export interface MariadbPlaces {
  readonly dataDirectory: string;
  /** Its own: a server that starts deletes every temporary table it finds there, those of its neighbours included. */
  readonly temporaryDirectory: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly accountsFile: string;
  readonly runAsRoot: boolean;
}

/** `--no-defaults` must be first. No TCP port at all: the socket is the only way in. */
export function mariadbArguments(places: MariadbPlaces, durability: Durability): readonly string[] {
  return [
    '--no-defaults',
    ...(places.runAsRoot ? ['--user=root'] : []),
    `--datadir=${places.dataDirectory}`,
    `--tmpdir=${places.temporaryDirectory}`,
    `--socket=${places.socket}`,
    `--pid-file=${places.pidFile}`,
    `--init-file=${places.accountsFile}`,
    '--skip-networking',
    '--skip-name-resolve',
    '--skip-log-bin',
    '--default-time-zone=+00:00',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--transaction-isolation=READ-COMMITTED',
    '--max-allowed-packet=64M',
    '--local-infile=0',
    ...(durability === 'relaxed' ? RELAXED : ['--innodb-flush-log-at-trx-commit=1']),
  ];
}

/** root comes with a socket login for the system's root and an invalid password; no anonymous user, no test database. */
export function mariadbInstallArguments(
  places: Pick<MariadbPlaces, 'dataDirectory' | 'temporaryDirectory' | 'runAsRoot'>,
): readonly string[] {
  return [
    '--no-defaults',
    ...(places.runAsRoot ? ['--user=root'] : []),
    `--datadir=${places.dataDirectory}`,
    `--tmpdir=${places.temporaryDirectory}`,
    '--auth-root-authentication-method=socket',
    '--skip-test-db',
    '--skip-name-resolve',
  ];
}

/**
 * SQL that the server runs at each start before it takes connections: accounts are as they should be, whatever they were.
 * It holds hashes, not passwords.
 */
export function mariadbAccountsSql(credentials: Pick<PrivateCredentials, 'mariadb' | 'mariadbRoot'>): string {
  const control = `'${MARIADB_USER}'@'localhost'`;
  return [
    `CREATE DATABASE IF NOT EXISTS ${MARIADB_DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;`,
    `CREATE USER IF NOT EXISTS ${control} ${identified(credentials.mariadb)};`,
    `ALTER USER ${control} ${identified(credentials.mariadb)};`,
    `GRANT ${MARIADB_PRIVILEGES} ON ${MARIADB_DATABASE}.* TO ${control};`,
    `ALTER USER 'root'@'localhost' ${identified(credentials.mariadbRoot)};`,
    '',
  ].join('\n');
}

function identified(password: Secret): string {
  return `IDENTIFIED VIA mysql_native_password USING '${nativePasswordHash(password)}'`;
}

/** PASSWORD() of MariaDB: the only form of a login that mysql2 and every MariaDB share. Safe for long random passwords. */
function nativePasswordHash(password: Secret): string {
  const once = createHash('sha1').update(password.reveal()).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}
