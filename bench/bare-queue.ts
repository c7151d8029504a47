import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Queue } from 'bull';
import { stoppable } from './cleanup.js';
import { end } from './processes.js';
import { newRoot } from './product.js';

const Bull = createRequire(import.meta.url)('bull') as typeof import('bull');

/** What a queue costs by itself: from add to the processor of the other end, at a fixed rate, in ms each. */
export async function bareRoundTrips(perSecond: number, count: number): Promise<readonly number[]> {
  const root = await newRoot();
  const socket = join(root, 'redis.sock');
  const redis = spawn(
    'redis-server',
    ['--port', '0', '--unixsocket', socket, '--dir', root, '--save', '', '--appendonly', 'yes'],
    {
      stdio: 'ignore',
    },
  );
  const stopRedis = stoppable(() => end(redis));
  const open = (): Queue<{ readonly sent: number }> => new Bull('bench', { redis: { path: socket } });
  const [adding, processing] = [open(), open()];
  try {
    const latencies: number[] = [];
    const all = new Promise<void>((resolve) => {
      void processing.process(16, async ({ data }) => {
        latencies.push(performance.now() - data.sent);
        if (latencies.length === count) {
          resolve();
        }
      });
    });
    await Promise.all([adding.isReady(), processing.isReady()]);
    await atRate(perSecond, count, () => adding.add({ sent: performance.now() }, { removeOnComplete: true }));
    await all;
    return latencies;
  } finally {
    await Promise.all([adding.close(), processing.close()]);
    await stopRedis();
  }
}

/** Open loop: starts are due at fixed times, whatever becomes of the ones before. Resolves when all have ended. */
export async function atRate<T>(
  perSecond: number,
  count: number,
  start: (index: number) => Promise<T>,
): Promise<readonly T[]> {
  const began = performance.now();
  const started: Promise<T>[] = [];
  for (let index = 0; index < count; index += 1) {
    const due = began + (index * 1000) / perSecond;
    const early = due - performance.now();
    if (early > 0) {
      await new Promise((resolve) => setTimeout(resolve, early));
    }
    started.push(start(index));
  }
  return Promise.all(started);
}
