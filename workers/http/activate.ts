import { join } from 'node:path';
import { clearJournal, writeJournal } from './apply-journal.js';
import { findServing } from './daemon.js';
import type { Effects, Target } from './effects.js';
import type { StoredFile } from './http-change.js';
import { staleIndexFiles } from './index-files.js';
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
  const wasThere = (await findServing(target)) !== undefined;
  await writeJournal(target, before, effects);
  try {
    await putInPlace(target, files, effects);
    return await bringIntoForce(target, effects);
  } catch (error) {
    await putInPlace(target, before, effects);
    await serveAgain(target, wasThere, effects);
    await clearJournal(target, effects);
    throw error;
  }
}

/** A server that gave way to one that then could not start is missed: it is started as it was. What cannot be is in the error that led here. */
async function serveAgain(target: Target, wasThere: boolean, effects: Effects): Promise<void> {
  if (wasThere && target.consumer.succession !== undefined && (await findServing(target)) === undefined) {
    await reloadOrStart(target, effects).catch(() => undefined);
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
  const { consumer, directory, server } = target;
  const write = (some: readonly StoredFile[]): Promise<void> =>
    effects.write(
      some.map((file) => ({ ...file, path: join(directory, file.path) })),
      { staging: target.workspace },
    );
  if (consumer.index === undefined) {
    return write(files);
  }
  // Whoever starts the server between these steps finds every file that is named.
  const removed = files.filter(({ content }) => content === null);
  await write(files.filter(({ content }) => content !== null));
  await write(await staleIndexFiles(consumer.index, server, directory, new Set(removed.map(({ path }) => path))));
  await write(removed);
}
