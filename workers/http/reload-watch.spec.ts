import { describe, expect, it } from 'vitest';
import { onlyNewOnes } from './reload-watch.js';

const worker = (pid: number, isRetiring: boolean | null = false) => ({ pid, isRetiring });

describe('a reload is in force', () => {
  it.each([
    [true, [worker(3), worker(4)]],
    [true, [worker(1, true), worker(3)]],
    [false, [worker(1), worker(3)]],
    [false, [worker(1, true)]],
    [false, []],
    // Of another account: it cannot be seen whether they take connections.
    [true, [worker(1, null), worker(3, null)]],
    [false, [worker(1, null), worker(2, null)]],
  ])('%s with %j, when 1 and 2 were there before', (inForce, workers) => {
    expect(onlyNewOnes(workers, new Set([1, 2]))).toBe(inForce);
  });
});
