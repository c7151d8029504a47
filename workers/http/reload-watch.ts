import { setTimeout as sleep } from 'node:timers/promises';
import { findMaster, findWorkers, type WorkerProcess } from './daemon.js';
import type { Target } from './effects.js';
import { errorLogFromHere } from './error-log.js';

export type ReloadEnd =
  /** Only new workers take connections: what is asked from now on is answered from the new configuration. */
  | { readonly type: 'IN_FORCE' }
  /** The server said no, in its error log only: it goes on with what it had, or has ended. */
  | { readonly type: 'REFUSED'; readonly sentence: string }
  | { readonly type: 'NOT_SEEN' };

const LOOK_EVERY_MS = 40;
const TIMES_SEEN = 2;
/** A start that lost the race for the ports looks like the server until it ends: the server is gone when none is seen for so long. */
const TIMES_MISSED = 12;

/**
 * Remembers how things are before a reload. What it returns waits for the end of it, seen from outside: the command returns long
 * before, and for a while old and new workers take connections side by side, so that one right answer proves little.
 * Seen twice, because a master that is told to reload may start one more worker of the old kind before it does.
 */
export async function prepareWatch(target: Target): Promise<(until: number) => Promise<ReloadEnd>> {
  const readRefusal = await errorLogFromHere(target);
  const before = new Set((await findWorkers(target)).map(({ pid }) => pid));
  let wasThere = (await findMaster(target)) !== undefined;
  return async (until) => {
    for (let seen = 0, missed = 0; ; await sleep(LOOK_EVERY_MS)) {
      const isThere = (await findMaster(target)) !== undefined;
      const refusal = await readRefusal();
      // One that was just started may not be recognisable yet.
      missed = wasThere && !isThere ? missed + 1 : 0;
      if (refusal !== undefined || missed === TIMES_MISSED) {
        return { type: 'REFUSED', sentence: refusal?.sentence ?? 'it ended without a word' };
      }
      wasThere ||= isThere;
      seen = onlyNewOnes(await findWorkers(target), before) ? seen + 1 : 0;
      if (seen === TIMES_SEEN) {
        return { type: 'IN_FORCE' };
      }
      if (performance.now() > until) {
        return { type: 'NOT_SEEN' };
      }
    }
  };
}

/**
 * Pure: whether every worker that takes connections was started after `before`. Where that cannot be seen, whether any was: the
 * requests that follow are repeated until they are answered rightly.
 */
export function onlyNewOnes(workers: readonly WorkerProcess[], before: ReadonlySet<number>): boolean {
  if (workers.some(({ isRetiring }) => isRetiring === null)) {
    return workers.some(({ pid }) => !before.has(pid));
  }
  const taking = workers.filter(({ isRetiring }) => isRetiring === false);
  return taking.length > 0 && taking.every(({ pid }) => !before.has(pid));
}
