import { expect, it } from 'vitest';
import { addressesToAsk } from './check-name.js';

it.each([
  [0, 12, 0, 8],
  [1, 12, 1, 7],
  [12, 12, 4, 4],
  [12, 0, 4, 0],
  [2, 1, 2, 1],
])('of %i addresses of IPv6 and %i of IPv4, %i and %i are asked', (six, four, askedSix, askedFour) => {
  const of = (kind: string, count: number): string[] => Array.from({ length: count }, (_, index) => `${kind}${index}`);
  expect(addressesToAsk(of('six', six), of('four', four))).toEqual([...of('six', askedSix), ...of('four', askedFour)]);
});
