import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, fsError } from './fs-error.js';

/** A file as it should be; `content` null: not there. */
export interface FileState {
  readonly path: string;
  readonly content: string | null;
  readonly mode: number;
}

export interface AtomicWriteOptions {
  /** Directory on the same file system where the new file is made; by default the directory of the file itself. */
  readonly staging?: string;
}

/**
 * Puts a whole file in place, or leaves the old one: write to staging, fsync, rename, fsync of the directory. After it
 * returns, the file survives a power cut. Idempotent. The mode is set exactly, whatever the umask. Links are replaced, not followed.
 * @throws DomainError DISK_FULL, READ_ONLY, CONFIG_INVALID (staging on another file system)
 */
export async function atomicWrite(file: FileState, options: AtomicWriteOptions = {}): Promise<void> {
  await atomicWriteAll([file], options);
}

/**
 * The same for a set of files: all are on disk in full before the first is renamed, so that a full disk changes nothing.
 * The renames follow in order; a crash between them leaves some files new and some old, each of them whole.
 * @throws DomainError as `atomicWrite`
 */
export async function atomicWriteAll(files: readonly FileState[], options: AtomicWriteOptions = {}): Promise<void> {
  const staged = new Map<FileState, string>();
  try {
    for (const file of files) {
      if (file.content !== null) {
        const temporary = join(options.staging ?? dirname(file.path), `.${randomUUID()}.tmp`);
        staged.set(file, temporary);
        await inTermsOfWorld(file.path, () => writeDurably(temporary, file.content ?? '', file.mode));
      }
    }
    for (const file of files) {
      const temporary = staged.get(file);
      await inTermsOfWorld(file.path, () => putInPlace(file.path, temporary));
      staged.delete(file);
    }
  } finally {
    await Promise.all([...staged.values()].map((temporary) => rm(temporary, { force: true })));
  }
  for (const directory of new Set(files.map(({ path }) => dirname(path)))) {
    await inTermsOfWorld(directory, () => syncDirectory(directory));
  }
}

/** Makes a directory, parents included, with exactly this mode for each that was not there. */
export async function ensureDirectory(path: string, mode = 0o755): Promise<void> {
  await inTermsOfWorld(path, async () => {
    const first = await mkdir(path, { recursive: true, mode });
    const shortest = first?.length ?? Infinity;
    for (let made = path; made.length >= shortest; made = dirname(made)) {
      await chmod(made, mode);
    }
  });
}

async function writeDurably(path: string, content: string, mode: number): Promise<void> {
  const handle = await open(path, 'wx', mode);
  try {
    await handle.writeFile(content);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Directories in the place of a file are somebody's mistake, and go. */
async function putInPlace(path: string, temporary: string | undefined): Promise<void> {
  if (temporary === undefined) {
    await rm(path, { recursive: true, force: true });
    return;
  }
  try {
    await rename(temporary, path);
  } catch (error) {
    if (errnoOf(error) !== 'EISDIR') {
      throw error;
    }
    await rm(path, { recursive: true, force: true });
    await rename(temporary, path);
  }
}

async function syncDirectory(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    // The directory of a file that was to be removed may never have existed.
    if (errnoOf(error) !== 'ENOENT') {
      throw error;
    }
  }
}

async function inTermsOfWorld(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw fsError(error, path);
  }
}
