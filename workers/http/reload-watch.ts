import { setTimeout as sleep } from 'node:timers/promises';
import { errorLogFromHere, findWorkers, type WorkerProcess } from './daemon.js';
import type { Target } from './effects.js';

export type ReloadEnd =
  /** Only new workers take connections: what is asked from now on is answered from the new configuration. */
  | { readonly type: 'IN_FORCE' }
  /** The server said no, and goes on with what it had; it says so in its error log only. */
  | { readonly type: 'REFUSED'; readonly sentence: string }
  | { readonly type: 'NOT_SEEN' };

const LOOK_EVERY_MS = 40;

/**
 * Remembers how things are before a reload. What it returns waits for the end of it, seen from outside: the command returns long
 * before, and for a while old and new workers take connections side by side, so that one right answer proves little.
 */
export async function prepareWatch(target: Target): Promise<(until: number) => Promise<ReloadEnd>> {
  const readRefusal = await errorLogFromHere(target);
  const before = new Set((await findWorkers(target)).map(({ pid }) => pid));
  return async (until) => {
    for (;;) {
      const sentence = await readRefusal();
      if (sentence !== undefined) {
        return { type: 'REFUSED', sentence };
      }
      if (onlyNewOnes(await findWorkers(target), before)) {
        return { type: 'IN_FORCE' };
      }
      if (performance.now() > until) {
        return { type: 'NOT_SEEN' };
      }
      await sleep(LOOK_EVERY_MS);
    }
  };
}

/** Pure: whether every worker that takes connections was started after `before`. */
export function onlyNewOnes(workers: readonly WorkerProcess[], before: ReadonlySet<number>): boolean {
  const taking = workers.filter(({ isRetiring }) => !isRetiring);
  return taking.length > 0 && taking.every(({ pid }) => !before.has(pid));
}
