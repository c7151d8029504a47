import { describe, expect, it } from 'vitest';
import { aCa, aFleet, DAY, HOUR, IS_FULL, START, YEAR } from './a-fleet.js';

const SIZE = IS_FULL ? 10_000 : 45;
const TIMEOUT_MS = IS_FULL ? 7_200_000 : 60_000;

/** How often certificates of 90 and 45 days and 160 hours are renewed in a year when each is renewed in its window. */
const RENEWALS = (SIZE / 3) * (YEAR / (60 * DAY) + YEAR / (30 * DAY) + YEAR / (80 * HOUR));

const show = (name: string, facts: object): void => {
  if (IS_FULL) {
    process.stdout.write(`${name}: ${JSON.stringify(facts)}\n`);
  }
};

describe('a simulated year', () => {
  it(
    'in which nothing goes wrong: all renewed inside their windows, no alarm, no limit met',
    { timeout: TIMEOUT_MS },
    () => {
      const ca = aCa({ movedWindows: 0.1 });
      const fleet = aFleet(SIZE, ca);
      fleet.runUntil(START + YEAR);
      const { sent: _, alarms, ...result } = fleet.result;
      show('green', { ...result, alarms: [...alarms], questions: ca.questions });
      expect(result.expired).toBe(0);
      expect([...alarms]).toEqual([]);
      expect([...ca.limits.refusals]).toEqual([]);
      expect(result.inWindow).toBe(result.advised);
      expect(result.advised).toBe(result.attempts);
      expect(Math.abs(result.renewals / RENEWALS - 1)).toBeLessThan(0.03);
    },
  );

  it(
    'of outages at the worst moments and one failure in twenty: none expires, no limit is met',
    { timeout: TIMEOUT_MS },
    () => {
      const ca = aCa({
        failing: 0.05,
        outages: [
          [START + 100 * DAY, START + 101 * DAY],
          [START + 200 * DAY, START + 203 * DAY],
        ],
        personalOutage: (lifeMs) => (lifeMs > 10 * DAY ? 72 * HOUR : 24 * HOUR),
      });
      const fleet = aFleet(SIZE, ca);
      fleet.runUntil(START + YEAR);
      const { sent: _, alarms, ...result } = fleet.result;
      show('stormy', { ...result, alarms: [...alarms], questions: ca.questions });
      expect(result.expired).toBe(0);
      expect([...ca.limits.refusals]).toEqual([]);
      expect(result.inWindow).toBe(result.advised);
      // The storm is real: certificates came to their last quarter, and somebody was told.
      expect(result.attempts).toBeGreaterThan(result.renewals * 1.04);
      expect(alarms.get('NOT_RENEWED')).toBeGreaterThan(0);
      expect(alarms.has('EXPIRED')).toBe(false);
    },
  );

  it('of a CA that never answers again is one of alarms: the driver cannot pass by doing nothing', () => {
    const ca = aCa({ outages: [[START, START + YEAR]] });
    const fleet = aFleet(12, ca);
    fleet.runUntil(START + 91 * DAY);
    expect(fleet.result.renewals).toBe(0);
    expect(fleet.result.expired).toBe(12);
    expect(Object.fromEntries(fleet.result.alarms)).toMatchObject({ NOT_RENEWED: 12, EXPIRES_SOON: 12, EXPIRED: 12 });
  });
});
