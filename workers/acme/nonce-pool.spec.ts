import { describe, expect, it } from 'vitest';
import { NoncePool } from './nonce-pool.js';

describe('NoncePool', () => {
  it('hands each out once, the newest first', () => {
    const pool = new NoncePool();
    ['one', 'two', undefined, 'not a nonce'].forEach((nonce) => pool.put(nonce));
    expect([pool.take(), pool.take(), pool.take()]).toEqual(['two', 'one', undefined]);
  });

  it('forgets what is older than a minute, and more than 64', () => {
    let now = 0;
    const pool = new NoncePool(() => now);
    pool.put('old');
    now = 60_001;
    expect(pool.take()).toBeUndefined();
    Array.from({ length: 70 }, (_, index) => pool.put(`n${index}`));
    const taken = Array.from({ length: 70 }, () => pool.take()).filter((nonce) => nonce !== undefined);
    expect(taken).toHaveLength(64);
    expect([taken[0], taken.at(-1)]).toEqual(['n69', 'n6']);
  });
});
