import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, fsError } from '../system/fs-error.js';
import type { StoredFile } from './http-change.js';

/** The files of a directory as they are, those that are not there included. */
export async function readFiles(directory: string, paths: Iterable<string>): Promise<ReadonlyMap<string, StoredFile>> {
  const files = new Map<string, StoredFile>();
  for (const path of paths) {
    files.set(path, await readStored(directory, path));
  }
  return files;
}

async function readStored(directory: string, path: string): Promise<StoredFile> {
  const absolute = join(directory, path);
  try {
    const [content, { mode }] = await Promise.all([readFile(absolute, 'utf8'), stat(absolute)]);
    return { path, content, mode: mode & 0o777 };
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return { path, content: null, mode: 0o644 };
    }
    throw fsError(error, absolute);
  }
}

export function isSame(one: StoredFile, other: StoredFile): boolean {
  return one.content === other.content && (one.content === null || one.mode === other.mode);
}
