import { access, appendFile, lchown, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { asWorldError, type StatePaths } from '../config/index.js';
import { DomainError } from '../shared/domain-error.js';
import { findProgram } from './find-program.js';
import { mariadbInstallArguments } from './mariadb-settings.js';
import { endLeftovers, serviceEnvironment, type PrivateServiceOptions } from './private-service.js';
import { processUid } from './resolve-service-user.js';
import type { Account } from './service-user.js';

export const MARIADB_PACKAGE = 'mariadb-server';
const INSTALL_WITHIN_MS = 120_000;
const STOP_WITHIN_MS = 10_000;

export function mariadbLog(paths: StatePaths): string {
  return join(paths.log, 'mariadb.log');
}

/** On the disk of the data, not in the directory of temporary files: see `MariadbPlaces`. */
export function mariadbTemporaryDirectory(paths: StatePaths): string {
  return `${paths.mariadb}.tmp`;
}

/** mariadbd refuses to run as root unless it is told to. */
export function runsAsRoot(account: Account | null): boolean {
  return account === null && processUid() === 0;
}

/**
 * Makes the data directory, unless it is there; `server` is the path of mariadbd. It is made aside and renamed: it is there whole, or not at all.
 * @throws DomainError PROGRAM_MISSING, DATABASE_UNAVAILABLE, DISK_FULL, READ_ONLY
 */
export async function installMariadbOnce(
  options: PrivateServiceOptions,
  server: string,
  account: Account | null,
): Promise<void> {
  const { paths, log } = options;
  await removeHalfInstalled(options, server);
  if (await exists(join(paths.mariadb, 'mysql'))) {
    return;
  }
  log.info('The data directory of MariaDB is made; this happens once.');
  try {
    const draft = await mkdtemp(draftPrefix(paths));
    if (account) {
      await lchown(draft, account.uid, account.gid);
    }
    await runInstaller(options, draft, account);
    await rename(draft, paths.mariadb);
  } catch (error) {
    await removeHalfInstalled(options, server);
    throw asWorldError(error, paths.mariadb);
  }
}

async function runInstaller(
  { paths, programPath }: PrivateServiceOptions,
  directory: string,
  account: Account | null,
): Promise<void> {
  const installer = await findProgram({ name: 'mariadb-install-db', package: MARIADB_PACKAGE }, programPath);
  const places = {
    dataDirectory: directory,
    temporaryDirectory: mariadbTemporaryDirectory(paths),
    runAsRoot: runsAsRoot(account),
  };
  const result = await execa(installer, mariadbInstallArguments(places), {
    cwd: directory,
    env: serviceEnvironment(directory, programPath),
    extendEnv: false,
    stdin: 'ignore',
    all: true,
    reject: false,
    timeout: INSTALL_WITHIN_MS,
    ...(account && { uid: account.uid, gid: account.gid }),
  });
  await appendFile(mariadbLog(paths), `${result.all}\n`, { mode: 0o640 });
  if (result.failed) {
    throw new DomainError(
      'DATABASE_UNAVAILABLE',
      `The data directory of the private MariaDB could not be made: the end of ${mariadbLog(paths)} says why.`,
      { details: { log: mariadbLog(paths), exitCode: result.exitCode ?? null } },
    );
  }
}

function draftPrefix(paths: StatePaths): string {
  return `${paths.mariadb}.new-`;
}

/** What an installation that was killed left behind; its server may still be writing there. */
async function removeHalfInstalled({ paths, log }: PrivateServiceOptions, server: string): Promise<void> {
  const names = (await readdir(paths.root)).filter((name) => join(paths.root, name).startsWith(draftPrefix(paths)));
  for (const name of names) {
    const draft = join(paths.root, name);
    await endLeftovers(server, draft, STOP_WITHIN_MS, log);
    await rm(draft, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
