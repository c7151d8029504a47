import { describe, expect, it } from 'vitest';
import { requestLoader } from './request-loader.js';

describe('requestLoader', () => {
  it('turns the loads of one tick into one batch, and loads a key once', async () => {
    const batches: string[][] = [];
    const context = { loaders: new Map(), signal: new AbortController().signal };
    const load = (key: string) =>
      requestLoader<string, string>(context, 'upper', async (keys) => {
        batches.push([...keys]);
        return new Map(keys.filter((k) => k !== 'gone').map((k) => [k, k.toUpperCase()]));
      }).load(key);

    expect(await Promise.all([load('a'), load('b'), load('a'), load('gone')])).toEqual(['A', 'B', 'A', null]);
    expect(batches).toEqual([['a', 'b', 'gone']]);
  });

  it('loads nothing once the caller has left', async () => {
    let loaded = 0;
    const leave = new AbortController();
    const loader = requestLoader<string, string>({ loaders: new Map(), signal: leave.signal }, 'any', async () => {
      loaded += 1;
      return new Map();
    });
    const pending = loader.load('a');
    leave.abort();
    await expect(pending).rejects.toBe(leave.signal.reason);
    expect(loaded).toBe(0);
  });
});
