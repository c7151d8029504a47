import { lstat, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, fsError } from '../system/fs-error.js';
import type { StoredFile } from './http-change.js';

/** Why a file is not fit, whatever it holds. `OWNER`: it belongs to another account, which may write to it. */
export type Oddity =
  | { readonly type: 'LINK'; readonly target: string }
  | { readonly type: 'NOT_A_FILE' }
  | { readonly type: 'OWNER'; readonly uid: number };

/** A file as it lies there. */
export interface LiveFile extends StoredFile {
  readonly oddity: Oddity | null;
}

/** The files of a directory as they are, those that are not there included. */
export async function readFiles(directory: string, paths: Iterable<string>): Promise<ReadonlyMap<string, LiveFile>> {
  const files = new Map<string, LiveFile>();
  for (const path of paths) {
    files.set(path, await readLive(directory, path));
  }
  return files;
}

async function readLive(directory: string, path: string): Promise<LiveFile> {
  const absolute = join(directory, path);
  const absent = { path, content: null, mode: 0o644, oddity: null };
  try {
    const found = await lstat(absolute);
    if (found.isSymbolicLink()) {
      return { ...absent, ...(await behind(absolute)), oddity: { type: 'LINK', target: await readlink(absolute) } };
    }
    // Reading a pipe would wait for ever.
    if (!found.isFile()) {
      return { ...absent, oddity: { type: 'NOT_A_FILE' } };
    }
    const oddity = found.uid === process.getuid?.() ? null : ({ type: 'OWNER', uid: found.uid } as const);
    return { path, content: await readFile(absolute, 'utf8'), mode: found.mode & 0o7777, oddity };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return absent;
    }
    throw fsError(error, absolute);
  }
}

/** What the web server reads through the link: it is put back, as a file, when what replaces the link has to be taken back. */
async function behind(link: string): Promise<Pick<StoredFile, 'content' | 'mode'> | undefined> {
  try {
    const found = await stat(link);
    return found.isFile() ? { content: await readFile(link, 'utf8'), mode: found.mode & 0o777 } : undefined;
  } catch {
    return undefined;
  }
}

type Compared = StoredFile & Partial<Pick<LiveFile, 'oddity'>>;

/** Whether two files are the same, so that nothing has to be written to make one the other. */
export function isSame(one: Compared, other: Compared): boolean {
  const fit = (one.oddity ?? null) === null && (other.oddity ?? null) === null;
  return fit && one.content === other.content && (one.content === null || one.mode === other.mode);
}
