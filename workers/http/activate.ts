import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { clearJournal, writeJournal } from './apply-journal.js';
import { errorLogFromHere, reloadOrStart } from './daemon.js';
import type { Effects, Target } from './effects.js';
import type { StoredFile } from './http-change.js';

export interface Activation {
  readonly how: 'RELOADED' | 'STARTED';
  /** What the server said against the configuration after it was told to take it, if anything. */
  readonly refusal: () => string | undefined;
  /** Ends looking for a refusal. */
  readonly settle: () => Promise<void>;
}

/**
 * Puts checked files in place and makes the server read them. First the way back is on disk (the journal), then the files, then
 * the reload: whoever comes after a crash at any point finds the journal and knows what to do. On failure everything is as
 * before, the journal included.
 * @throws DomainError DISK_FULL, READ_ONLY, HTTP_SERVER_MISSING, PORT_IN_USE, HTTP_SERVER_DOWN
 */
export async function activate(
  target: Target,
  files: readonly StoredFile[],
  before: readonly StoredFile[],
  effects: Effects,
): Promise<Activation> {
  await writeJournal(target, before, effects);
  const readLog = await errorLogFromHere(target);
  try {
    await putInPlace(target, files, effects);
    const how = await reloadOrStart(target, effects);
    return { how, ...watchLog(readLog) };
  } catch (error) {
    await putInPlace(target, before, effects);
    await clearJournal(target, effects);
    throw error;
  }
}

/** Puts previous files back, and makes the server read them when it had read the others already. */
export async function takeBack(target: Target, before: readonly StoredFile[], effects: Effects): Promise<void> {
  await putInPlace(target, before, effects);
  await reloadOrStart(target, effects);
}

async function putInPlace(target: Target, files: readonly StoredFile[], effects: Effects): Promise<void> {
  const absolute = files.map((file) => ({ ...file, path: join(target.directory, file.path) }));
  await effects.write(absolute, { staging: target.server.paths.staging });
}

const LOOK_EVERY_MS = 100;

/** A server that refuses a reload goes on with what it had, and says so in its error log only. */
function watchLog(readLog: () => Promise<string | undefined>): Omit<Activation, 'how'> {
  let refusal: string | undefined;
  const stop = new AbortController();
  const watching = (async () => {
    while (!stop.signal.aborted && refusal === undefined) {
      refusal = await readLog();
      await sleep(LOOK_EVERY_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  })();
  return {
    refusal: () => refusal,
    settle: async () => {
      stop.abort();
      await watching;
    },
  };
}
