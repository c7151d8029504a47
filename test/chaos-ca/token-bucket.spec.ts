import { describe, expect, it } from 'vitest';
import { Buckets, decide } from './token-bucket.js';

const FIVE_AN_HOUR = { burst: 5, count: 5, periodMs: 3_600_000 };
const NOW = Date.UTC(2026, 0, 1);

describe('decide', () => {
  it('lets a burst pass, then one by one', () => {
    let fullAt = 0;
    const remaining = Array.from({ length: 5 }, () => {
      const decision = decide(FIVE_AN_HOUR, fullAt, NOW);
      fullAt = decision.fullAt;
      return [decision.isAllowed, decision.remaining];
    });
    expect(remaining).toEqual([4, 3, 2, 1, 0].map((left) => [true, left]));
    expect(decide(FIVE_AN_HOUR, fullAt, NOW)).toEqual({
      isAllowed: false,
      remaining: 0,
      retryAfterMs: 720_000,
      fullAt: NOW + 3_600_000,
    });
    expect(decide(FIVE_AN_HOUR, fullAt, NOW + 719_999)).toMatchObject({ isAllowed: false, retryAfterMs: 1 });
    expect(decide(FIVE_AN_HOUR, fullAt, NOW + 720_000)).toMatchObject({ isAllowed: true, remaining: 0 });
  });

  it('does not save up more than a burst', () => {
    const buckets = new Buckets(FIVE_AN_HOUR);
    const allowed = Array.from({ length: 10 }, () => buckets.spend('a', NOW + 10 * 3_600_000).isAllowed);
    expect(allowed.filter(Boolean)).toHaveLength(5);
  });

  it('spends nothing when it refuses', () => {
    const buckets = new Buckets(FIVE_AN_HOUR);
    for (let count = 0; count < 20; count += 1) {
      buckets.spend('a', NOW);
    }
    expect(buckets.spend('a', NOW + 720_000).isAllowed).toBe(true);
  });

  it('keeps keys apart', () => {
    const buckets = new Buckets({ burst: 1, count: 1, periodMs: 1_000 });
    expect(
      [buckets.spend('a', NOW), buckets.spend('b', NOW), buckets.spend('a', NOW)].map((each) => each.isAllowed),
    ).toEqual([true, true, false]);
  });

  it('is exact for rates that are no whole milliseconds', () => {
    const buckets = new Buckets({ burst: 200, count: 300, periodMs: 1_000 });
    const allowed = Array.from({ length: 3_000 }, (_, index) => buckets.spend('a', NOW + index).isAllowed);
    // 200 at once, and 0.3 for each of the 2,999 ms that pass.
    expect(allowed.filter(Boolean)).toHaveLength(200 + Math.floor(2_999 * 0.3));
  });
});
