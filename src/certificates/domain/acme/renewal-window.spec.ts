import { describe, expect, it } from 'vitest';
import { chooseRenewal, type RenewalInfoAnswer } from './renewal-window.js';

const NOW = new Date('2026-08-01T00:00:00.000Z');
const HOUR_MS = 3_600_000;

const anAnswer = (changes: Partial<RenewalInfoAnswer> = {}): RenewalInfoAnswer => ({
  start: new Date('2026-08-10T00:00:00.000Z'),
  end: new Date('2026-08-10T04:00:00.000Z'),
  explanationUrl: null,
  retryAfter: undefined,
  ...changes,
});

describe('chooseRenewal', () => {
  it('chooses in the first three quarters of the window, wherever chance falls', () => {
    const at = (random: number): string => chooseRenewal(anAnswer(), { now: NOW, random: () => random }).renewAt;
    expect([at(0), at(0.5), at(0.999999)]).toEqual([
      '2026-08-10T00:00:00.000Z',
      '2026-08-10T01:30:00.000Z',
      '2026-08-10T02:59:59.989Z',
    ]);
  });

  it('keeps its choice while the window stays, and chooses anew when it moves', () => {
    const before = chooseRenewal(anAnswer(), { now: NOW, random: () => 0.1 });
    expect(chooseRenewal(anAnswer(), { now: NOW, random: () => 0.9, before }).renewAt).toBe(before.renewAt);
    const moved = anAnswer({ end: new Date('2026-08-10T05:00:00.000Z') });
    expect(chooseRenewal(moved, { now: NOW, random: () => 0.9, before }).renewAt).not.toBe(before.renewAt);
  });

  it.each([
    ['nothing', undefined, 6 * HOUR_MS],
    ['two hours', 2 * HOUR_MS, 2 * HOUR_MS],
    ['a second', 1_000, 60_000],
    ['a month', 30 * 24 * HOUR_MS, 24 * HOUR_MS],
  ])('asks again when the CA says %s, but within a minute and a day', (_, askedMs, waitMs) => {
    const retryAfter = askedMs === undefined ? undefined : new Date(NOW.getTime() + askedMs);
    const { pollAt } = chooseRenewal(anAnswer({ retryAfter }), { now: NOW, random: Math.random });
    expect(Date.parse(pollAt) - NOW.getTime()).toBe(waitMs);
  });

  it('takes a window that has passed for what it is: now', () => {
    const passed = anAnswer({ start: new Date('2026-07-01T00:00:00.000Z'), end: new Date('2026-07-01T00:30:00.000Z') });
    expect(Date.parse(chooseRenewal(passed, { now: NOW, random: () => 0.5 }).renewAt)).toBeLessThan(NOW.getTime());
  });

  it('refuses a window that ends before it starts', () => {
    const odd = anAnswer({ end: new Date('2026-08-09T00:00:00.000Z') });
    expect(() => chooseRenewal(odd, { now: NOW, random: Math.random })).toThrow(RangeError);
  });
});
