import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../shared/random.js';
import { DAY_MS, HOUR_MS, after, shareLeft } from './life.js';
import { timeByLife, timeInWindow } from './renewal-time.js';

const START = new Date('2026-01-01T00:00:00Z');
const aLife = (ms: number) => ({ notBefore: START, notAfter: after(START, ms) });
const window = { start: after(START, 60 * DAY_MS), end: after(START, 62 * DAY_MS) };
const validity = aLife(90 * DAY_MS);

describe('the moment of a renewal', () => {
  it.each([
    [90 * DAY_MS, 0.61, 0.667],
    [45 * DAY_MS, 0.61, 0.667],
    [160 * HOUR_MS, 0.45, 0.5],
  ])(
    'without advice lies at two thirds of its life or half of a short one, a little earlier for some (%d)',
    (ms, from, to) => {
      const random = seededRandom(1);
      const shares = Array.from({ length: 1000 }, () => 1 - shareLeft(aLife(ms), timeByLife(aLife(ms), random)));
      expect(Math.min(...shares)).toBeGreaterThan(from);
      expect(Math.max(...shares)).toBeLessThanOrEqual(to);
      expect(Math.max(...shares) - Math.min(...shares)).toBeGreaterThan(0.04);
    },
  );

  it('with advice is uniform in the window without its last quarter', () => {
    const random = seededRandom(2);
    const chosen = Array.from({ length: 4000 }, () => timeInWindow(window, validity, START, random).getTime());
    const shares = chosen.map((at) => (at - window.start.getTime()) / (2 * DAY_MS));
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...shares)).toBeLessThan(0.75);
    const quarters = [0, 0.25, 0.5].map(
      (from) => shares.filter((share) => share >= from && share < from + 0.25).length,
    );
    quarters.forEach((count) => expect(Math.abs(count / 4000 - 1 / 3)).toBeLessThan(0.04));
  });

  it.each([
    ['the window has passed', after(window.end, DAY_MS)],
    ['its last quarter has begun', after(window.start, 1.6 * DAY_MS)],
  ])('is now when %s', (_, now) => {
    expect(timeInWindow(window, validity, now, () => 0.5)).toEqual(now);
  });

  it('is chosen in what is left of the window that is open', () => {
    const now = after(window.start, DAY_MS);
    expect(timeInWindow(window, validity, now, () => 0)).toEqual(now);
    expect(timeInWindow(window, validity, now, () => 0.999).getTime()).toBeLessThan(
      window.start.getTime() + 1.5 * DAY_MS,
    );
  });

  it('is never put off beyond the last quarter of its life, whatever is advised', () => {
    const late = { start: after(START, 85 * DAY_MS), end: after(START, 95 * DAY_MS) };
    expect(timeInWindow(late, validity, START, () => 0.5)).toEqual(after(START, 67.5 * DAY_MS));
  });
});
