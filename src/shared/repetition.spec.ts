import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Repetition } from './repetition.js';

describe('a repetition', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('works at once and every so often, goes on after a failure, and ends when it is stopped', async () => {
    let times = 0;
    const errors: unknown[] = [];
    const work = async (): Promise<void> => {
      times += 1;
      if (times === 2) {
        throw new Error('once');
      }
    };
    const repetition = new Repetition(work, (error) => errors.push(error));
    repetition.start(1_000);
    await vi.advanceTimersByTimeAsync(2_500);
    expect(times).toBe(3);
    expect(errors).toEqual([new Error('once')]);
    await repetition.stop();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(times).toBe(3);
  });

  it('is never at work twice at a time, does not catch up, and stops when what is going on has ended', async () => {
    let open = 0;
    let times = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      open += 1;
      times += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
      open -= 1;
    };
    const repetition = new Repetition(work, () => undefined);
    repetition.start(1_000);
    await vi.advanceTimersByTimeAsync(3_500);
    expect(times).toBe(2);
    let stopped = false;
    const stopping = repetition.stop().then(() => (stopped = true));
    await vi.advanceTimersByTimeAsync(500);
    expect([open, stopped]).toEqual([1, false]);
    await vi.advanceTimersByTimeAsync(10_000);
    await stopping;
    expect([open, most, times]).toEqual([0, 1, 2]);
  });
});
