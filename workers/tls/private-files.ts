import { chmod, lstat, mkdir, open, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { dirname, join } from 'node:path';
import { errnoOf, fsError } from '../system/fs-error.js';
import { DIRECTORY_MODE, FILE_MODE } from './tls-layout.js';

const ABANDONED_MS = 3_600_000;

/** `work`, its file system errors in the terms of the product (DISK_FULL, READ_ONLY, CONFIG_INVALID). */
export async function inTermsOfWorld<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fsError(error, path);
  }
}

/** `work`, or undefined where what it looks for is not there. */
export async function ifPresent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return undefined;
    }
    throw error;
  }
}

/** Idempotent. The mode is set apart from making it, because the umask takes away from what mkdir is asked for. */
export async function makePrivateDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: DIRECTORY_MODE });
  await chmod(path, DIRECTORY_MODE);
}

/** A new file, 0400 before its first byte is written, on the disk when this returns. */
export async function writePrivateFile(path: string, content: string): Promise<void> {
  const file = await open(path, 'wx', FILE_MODE);
  try {
    await file.chmod(FILE_MODE);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes renames in a directory survive a power cut. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export function readLinkIfPresent(path: string): Promise<string | undefined> {
  return ifPresent(readlink(path));
}

/**
 * The part of the staging directory that belongs to one certificate. Everything that is made or taken down passes through it,
 * so that the store itself never holds a half of anything. It must lie on the file system of the store.
 */
export class Staging {
  constructor(
    private readonly root: string,
    private readonly certificateId: string,
  ) {}

  path(): string {
    return join(this.root, `tls-${this.certificateId}-${randomUUID()}`);
  }

  /** Points `path` somewhere else in one step; there is no moment without a link. */
  async replaceLink(path: string, target: string): Promise<void> {
    const temporary = this.path();
    await symlink(target, temporary);
    await moveInto(temporary, path);
  }

  /** Takes a directory out of the store in one step, then removes it. Idempotent. */
  async discard(path: string): Promise<void> {
    const doomed = this.path();
    if ((await ifPresent(rename(path, doomed).then(() => true))) === true) {
      await syncDirectory(dirname(path));
      await rm(doomed, { recursive: true, force: true });
    }
  }

  /**
   * Removes what a killed run left: anything of this certificate (its operations exclude one another), and of others what has
   * lain for an hour, since it may hold a key.
   */
  async sweep(): Promise<void> {
    await mkdir(this.root, { recursive: true, mode: DIRECTORY_MODE });
    for (const name of await readdir(this.root)) {
      const path = join(this.root, name);
      if (name.startsWith(`tls-${this.certificateId}-`) || (name.startsWith('tls-') && (await isAbandoned(path)))) {
        await rm(path, { recursive: true, force: true });
      }
    }
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const found = await ifPresent(lstat(path));
  return found !== undefined && Date.now() - found.mtimeMs > ABANDONED_MS;
}

/** rename(2), then fsync of the directory that has a new entry. */
export async function moveInto(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncDirectory(dirname(to));
}
