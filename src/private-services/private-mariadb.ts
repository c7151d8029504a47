import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { writeFileDurably, type StatePaths } from '../config/index.js';
import { Secret } from '../shared/secret.js';
import type { PrivateCredentials } from './credentials.js';
import { findProgram } from './find-program.js';
import {
  installMariadbOnce,
  MARIADB_PACKAGE,
  mariadbLog,
  mariadbTemporaryDirectory,
  runsAsRoot,
} from './mariadb-installation.js';
import { MARIADB_DATABASE, MARIADB_USER, mariadbAccountsSql, mariadbArguments } from './mariadb-settings.js';
import {
  endLeftovers,
  serviceEnvironment,
  type PrivateService,
  type PrivateServiceOptions,
} from './private-service.js';
import { resolveServiceUser } from './resolve-service-user.js';
import { makeSocketDirectory, socketDirectoryOf } from './socket-directory.js';
import { makeServiceDirectory } from './state-directories.js';
import { SupervisedProcess } from './supervised-process.js';

/** After a crash, InnoDB first replays its log. */
const READY_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 60_000;

/** Where the private MariaDB of a root listens. */
export function mariadbSocket(paths: StatePaths): string {
  return join(socketDirectoryOf(paths), 'mariadb', 'mariadb.sock');
}

/** For TypeORM and mysql2: the account of the control plane, over the socket. */
export function mariadbUrl(paths: StatePaths, credentials: PrivateCredentials): Secret {
  const socket = encodeURIComponent(mariadbSocket(paths));
  return new Secret(
    `mysql://${MARIADB_USER}:${credentials.mariadb.reveal()}@localhost/${MARIADB_DATABASE}?socketPath=${socket}`,
  );
}

/**
 * Starts the MariaDB of this root and returns when it answers; its data directory is made at the first start. It is
 * restarted when it crashes, reached by its socket alone, and holds one database, `hler`, with an account of its own.
 * @throws DomainError PROGRAM_MISSING, DATABASE_UNAVAILABLE, DISK_FULL, READ_ONLY, CONFIG_INVALID
 */
export async function startPrivateMariadb(options: PrivateServiceOptions): Promise<PrivateService> {
  const { paths, credentials, programPath, durability, log } = options;
  const file = await findProgram({ name: 'mariadbd', package: MARIADB_PACKAGE }, programPath);
  const sockets = await makeSocketDirectory(paths);
  const user = await resolveServiceUser('MariaDB', 'mysql', [paths.root, sockets]);
  const { account } = user;
  log.info(user.message);

  const run = join(sockets, 'mariadb');
  await makeServiceDirectory(run, account);
  await makeServiceDirectory(mariadbTemporaryDirectory(paths), account);
  await installMariadbOnce(options, file, account);
  await endLeftovers(file, paths.mariadb, STOP_WITHIN_MS, log);
  await makeServiceDirectory(paths.mariadb, account);

  const accountsFile = join(run, 'accounts.sql');
  // Readable by the service's user, which alone may enter the directory.
  await writeFileDurably(accountsFile, mariadbAccountsSql(credentials), 0o644);
  const places = {
    dataDirectory: paths.mariadb,
    temporaryDirectory: mariadbTemporaryDirectory(paths),
    socket: mariadbSocket(paths),
    pidFile: join(run, 'mariadbd.pid'),
    accountsFile,
    runAsRoot: runsAsRoot(account),
  };
  const server = await SupervisedProcess.start(
    {
      name: 'MariaDB',
      file,
      args: mariadbArguments(places, durability),
      cwd: paths.mariadb,
      env: serviceEnvironment(paths.mariadb, programPath),
      account,
      logFile: mariadbLog(paths),
      answers: () => answers(places.socket, credentials),
      readyWithinMs: READY_WITHIN_MS,
      stopWithinMs: STOP_WITHIN_MS,
      unavailable: 'DATABASE_UNAVAILABLE',
    },
    log,
  );
  return {
    url: mariadbUrl(paths, credentials),
    get pid() {
      return server.pid;
    },
    async stop() {
      await server.stop();
      await rm(run, { recursive: true, force: true });
    },
  };
}

/** With our own account, so that it is true only when the accounts are in place as well. */
async function answers(socketPath: string, credentials: PrivateCredentials): Promise<boolean> {
  try {
    const connection = await createConnection({
      socketPath,
      user: MARIADB_USER,
      password: credentials.mariadb.reveal(),
      database: MARIADB_DATABASE,
      connectTimeout: 2_000,
    });
    await connection.end();
    return true;
  } catch {
    return false;
  }
}
