import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

describe('turns', () => {
  it('come one after another under one key, also after a failure, and side by side under others', async () => {
    const turns = new Turns();
    const seen: string[] = [];
    const work =
      (name: string, fails = false) =>
      async (): Promise<string> => {
        seen.push(`${name} begins`);
        await new Promise((resolve) => void setImmediate(resolve));
        seen.push(`${name} ends`);
        if (fails) {
          throw new Error(name);
        }
        return name;
      };
    const ends = await Promise.allSettled([
      turns.take('apache', work('first', true)),
      turns.take('apache', work('second')),
      turns.take('pound', work('other')),
    ]);
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(seen.filter((line) => !line.startsWith('other'))).toEqual([
      'first begins',
      'first ends',
      'second begins',
      'second ends',
    ]);
    expect(seen.indexOf('other begins')).toBeLessThan(seen.indexOf('first ends'));
    await expect(turns.take('apache', work('third'))).resolves.toBe('third');
  });
});
