import { expect, it } from 'vitest';
import { backoffMs } from './backoff.js';

it('waits longer after each failure, up to half a minute', () => {
  expect([-1, 0, 1, 2, 5, 6, 7, 1000].map(backoffMs)).toEqual([500, 500, 1000, 2000, 16_000, 30_000, 30_000, 30_000]);
});
