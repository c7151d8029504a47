import { chmod, lstat, readlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ifPresent, inTermsOfWorld } from './private-files.js';
import { DIRECTORY_MODE, FILE_MODE, PEM_FILES, RECORD_FILE, TlsLayout } from './tls-layout.js';

export interface WrongMode {
  readonly path: string;
  readonly mode: number;
  readonly expected: number;
}

/** Whatever of a key's live generation, and above it up to the store, is open to more (or fewer) people than it should be. */
export async function findWrongModes(tlsDirectory: string, spki: string): Promise<readonly WrongMode[]> {
  return inTermsOfWorld(tlsDirectory, async () => {
    const layout = new TlsLayout(tlsDirectory);
    const live = await ifPresent(readlink(layout.live(spki)));
    const generation = live === undefined ? undefined : join(layout.key(spki), live);
    const directories = [layout.root, layout.key(spki), ...(generation === undefined ? [] : [generation])];
    const files = generation === undefined ? [] : [...PEM_FILES, RECORD_FILE].map((name) => join(generation, name));
    const checked = await Promise.all([
      ...directories.map((path) => compareMode(path, DIRECTORY_MODE)),
      ...files.map((path) => compareMode(path, FILE_MODE)),
    ]);
    return checked.filter((wrong) => wrong !== undefined);
  });
}

/** Idempotent. Error READ_ONLY when they belong to another user. */
export async function repairModes(wrong: readonly WrongMode[]): Promise<void> {
  for (const { path, expected } of wrong) {
    await inTermsOfWorld(dirname(path), () => chmod(path, expected));
  }
}

async function compareMode(path: string, expected: number): Promise<WrongMode | undefined> {
  const found = await ifPresent(lstat(path));
  // A link in the place of a file would lead chmod elsewhere; that is for the check of the contents to refuse.
  if (found === undefined || found.isSymbolicLink()) {
    return undefined;
  }
  const mode = found.mode & 0o7777;
  return mode === expected ? undefined : { path, mode, expected };
}
