import { join } from 'node:path';
import { clearJournal, writeJournal } from './apply-journal.js';
import type { Effects, Target } from './effects.js';
import type { StoredFile } from './http-change.js';
import { reloadOrStart } from './reload.js';
import { prepareWatch, type ReloadEnd } from './reload-watch.js';

export interface Activation {
  readonly how: 'RELOADED' | 'STARTED';
  /** Waits for the end of the reload, at most until a time of `performance.now()`. */
  readonly ended: (until: number) => Promise<ReloadEnd>;
}

/**
 * Puts checked files in place and makes the server read them. First the way back is on disk (the journal), then the files, then
 * the reload: whoever comes after a crash at any point finds the journal and knows what to do. On failure everything is as
 * before, the journal included.
 * @throws DomainError DISK_FULL, READ_ONLY, HTTP_CONFIG_INVALID, HTTP_SERVER_MISSING, PORT_IN_USE, HTTP_SERVER_DOWN
 */
export async function activate(
  target: Target,
  files: readonly StoredFile[],
  before: readonly StoredFile[],
  effects: Effects,
): Promise<Activation> {
  await writeJournal(target, before, effects);
  try {
    await putInPlace(target, files, effects);
    return await bringIntoForce(target, effects);
  } catch (error) {
    await putInPlace(target, before, effects);
    await clearJournal(target, effects);
    throw error;
  }
}

/** Puts previous files back, and makes the server read them when it had read the others already. */
export async function takeBack(target: Target, before: readonly StoredFile[], effects: Effects): Promise<Activation> {
  await putInPlace(target, before, effects);
  return bringIntoForce(target, effects);
}

async function bringIntoForce(target: Target, effects: Effects): Promise<Activation> {
  const ended = await prepareWatch(target);
  return { how: await reloadOrStart(target, effects), ended };
}

async function putInPlace(target: Target, files: readonly StoredFile[], effects: Effects): Promise<void> {
  const absolute = files.map((file) => ({ ...file, path: join(target.directory, file.path) }));
  await effects.write(absolute, { staging: target.workspace });
}
