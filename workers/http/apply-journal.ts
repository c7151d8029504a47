import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fsError, errnoOf } from '../system/fs-error.js';
import type { Effects, Target } from './effects.js';
import { storedFilesSchema, type StoredFile } from './http-change.js';

const FILE = 'journal.json';

/**
 * The mark of an apply in progress, and the way back from it: the files that it is about to replace, as they were when
 * they were last known to be served. On disk before the first file changes, gone after the last verdict. Whoever finds
 * one knows that an apply was cut off.
 */
const schema = z.object({ version: z.literal(1), before: storedFilesSchema });

export async function readJournal(target: Target): Promise<readonly StoredFile[] | null> {
  const path = journalPath(target);
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8'))).before;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return null;
    }
    throw fsError(error, path);
  }
}

export async function writeJournal(target: Target, before: readonly StoredFile[], effects: Effects): Promise<void> {
  const content = JSON.stringify({ version: 1, before });
  await effects.write([{ path: journalPath(target), content, mode: 0o600 }], { staging: target.workspace });
}

export async function clearJournal(target: Target, effects: Effects): Promise<void> {
  await effects.write([{ path: journalPath(target), content: null, mode: 0o600 }]);
}

/** Removes what an apply that was killed had prepared; the journal stays. */
export async function clearWorkspace({ workspace }: Target): Promise<void> {
  for (const entry of await readdir(workspace)) {
    if (entry !== FILE) {
      await rm(join(workspace, entry), { recursive: true, force: true });
    }
  }
}

function journalPath({ workspace }: Target): string {
  return join(workspace, FILE);
}
