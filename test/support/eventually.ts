import { setTimeout as pause } from 'node:timers/promises';

/**
 * Repeats `assertion` until it no longer throws, and gives what it returns. After `withinMs` it throws the last error.
 * The only way in which a test waits for another process.
 */
export async function eventually<T>(assertion: () => T | Promise<T>, withinMs = 10_000, everyMs = 25): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() > deadline) {
        throw error;
      }
    }
    await pause(everyMs);
  }
}
