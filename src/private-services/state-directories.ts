import { chmod, lchown, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asWorldError, errno, type StatePaths } from '../config/index.js';
import type { Account } from './service-user.js';

// Others may pass through to what a web server's workers read; what holds secrets is ours alone.
const MODES = {
  config: 0o755,
  platforms: 0o755,
  run: 0o755,
  log: 0o750,
  sites: 0o700,
  tls: 0o700,
  acme: 0o711,
  backups: 0o700,
  staging: 0o700,
  keys: 0o700,
  state: 0o700,
} as const satisfies { readonly [name in keyof StatePaths]?: number };

/**
 * Makes the directories of the state that are missing. Idempotent; a directory that is there keeps the mode it has.
 * @throws DomainError DISK_FULL, READ_ONLY
 */
export async function makeStateDirectories(paths: StatePaths): Promise<void> {
  await makeDirectory(paths.root, 0o755);
  for (const name of Object.keys(MODES) as (keyof typeof MODES)[]) {
    await makeDirectory(paths[name], MODES[name]);
  }
}

/** Makes the directory, parents as well, with exactly this mode; does nothing to one that exists. */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  try {
    const made = await mkdir(path, { recursive: true });
    if (made !== undefined) {
      await chmod(path, mode);
    }
  } catch (error) {
    throw asWorldError(error, path);
  }
}

/** Makes a directory that only the service's user may use, and gives it to that user with all that is in it. */
export async function makeServiceDirectory(path: string, account: Account | null): Promise<void> {
  await makeDirectory(path, 0o700);
  try {
    await ownTree(path, account);
  } catch (error) {
    throw asWorldError(error, path);
  }
}

/**
 * Gives the tree to the account (to us, when null), unless its top belongs to it already. The top is given last, so that
 * a run that was interrupted is finished by the next one. Only root can do this: for others, a tree that is not theirs is an error.
 */
async function ownTree(path: string, account: Account | null): Promise<void> {
  const uid = account?.uid ?? process.geteuid?.() ?? 0;
  const gid = account?.gid ?? process.getegid?.() ?? 0;
  if ((await stat(path)).uid === uid) {
    return;
  }
  await giveTree(path, uid, gid);
}

async function giveTree(path: string, uid: number, gid: number): Promise<void> {
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    await (entry.isDirectory() ? giveTree(child, uid, gid) : ignoreMissing(lchown(child, uid, gid)));
  }
  await lchown(path, uid, gid);
}

async function ignoreMissing(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (errno(error) !== 'ENOENT') {
      throw error;
    }
  }
}
