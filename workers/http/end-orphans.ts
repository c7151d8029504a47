import { setTimeout as sleep } from 'node:timers/promises';
import { findOrphans } from './daemon.js';
import { signalIfThere, type Effects, type Target } from './effects.js';

const LOOK_EVERY_MS = 20;
const ASKED_MS = 1_000;
const END_WITHIN_MS = 5_000;

/**
 * Makes workers that a killed master left behind give up its ports: they do so when they are asked to, as a rule; those that do
 * not within a second are ended. What holds the ports after five is named by the start. Idempotent.
 */
export async function endOrphans(target: Target, effects: Pick<Effects, 'signal'>): Promise<void> {
  const startedAt = performance.now();
  const asking = target.consumer.daemon.nameless?.quitSignal ?? 'SIGTERM';
  let told: NodeJS.Signals | undefined;
  for (let orphans = await findOrphans(target); orphans.length > 0; orphans = await findOrphans(target)) {
    const passedMs = performance.now() - startedAt;
    if (passedMs > END_WITHIN_MS) {
      return;
    }
    const signal = passedMs > ASKED_MS ? 'SIGKILL' : asking;
    if (signal !== told) {
      orphans.forEach((pid) => signalIfThere(pid, signal, effects));
      told = signal;
    }
    await sleep(LOOK_EVERY_MS);
  }
}
