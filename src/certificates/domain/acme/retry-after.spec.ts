import { expect, it } from 'vitest';
import { retryAfter } from './retry-after.js';

const NOW = new Date('2026-08-01T00:00:00.000Z');

it.each([
  ['120', '2026-08-01T00:02:00.000Z'],
  ['Sat, 01 Aug 2026 01:00:00 GMT', '2026-08-01T01:00:00.000Z'],
  ['3456000', '2026-08-08T00:00:00.000Z'],
  ['999999999999', '2026-08-08T00:00:00.000Z'],
  ['Sat, 01 Jan 2000 00:00:00 GMT', undefined],
  ['0', undefined],
  ['-5', undefined],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('"%s" means %s', (header, expected) => {
  expect(retryAfter(header, NOW)?.toISOString()).toBe(expected);
});
