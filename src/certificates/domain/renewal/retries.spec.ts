import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../shared/random.js';
import { shouldSwitchCa } from './ca-failover.js';
import { mayTryName, shouldAskAboutName } from './failing-names.js';
import { faultSide } from './fault.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, after } from './life.js';
import { UNPLANNED, failed, type RenewalState } from './renewal-state.js';
import { nextAttempt } from './retry-ladder.js';

const NOW = new Date('2026-06-01T00:00:00Z');
const long = { notBefore: after(NOW, -60 * DAY_MS), notAfter: after(NOW, 30 * DAY_MS) };
const short = { notBefore: after(NOW, -80 * HOUR_MS), notAfter: after(NOW, 80 * HOUR_MS) };
const CA = { side: 'CA', retryAfter: null } as const;
const SUBSCRIBER = { side: 'SUBSCRIBER', retryAfter: null } as const;

describe('the retry ladder', () => {
  it.each([
    [1, MINUTE_MS],
    [2, 10 * MINUTE_MS],
    [3, 100 * MINUTE_MS],
    [4, DAY_MS],
    [40, DAY_MS],
  ])('after failure %d waits as long as it should, give or take a fifth', (failures, step) => {
    const wait = (chance: number) => nextAttempt(failures, CA, long, NOW, () => chance).getTime() - NOW.getTime();
    expect([wait(0), wait(0.5), wait(1)]).toEqual([step * 0.8, step, step * 1.2]);
  });

  it('does not wait a day when there are only days left, unless the subscriber has to mend something', () => {
    const wait = (failure: typeof CA | typeof SUBSCRIBER) =>
      nextAttempt(4, failure, short, NOW, () => 0.5).getTime() - NOW.getTime();
    expect([wait(CA), wait(SUBSCRIBER)]).toEqual([8 * HOUR_MS, DAY_MS]);
  });

  it('does what the CA asks for, within a week; what has passed already is not asked for', () => {
    const at = (retryAfter: Date) => nextAttempt(1, { side: 'LIMIT', retryAfter }, long, NOW, () => 0.5);
    expect(at(after(NOW, 34 * HOUR_MS))).toEqual(after(NOW, 34 * HOUR_MS));
    expect(at(after(NOW, 40 * DAY_MS))).toEqual(after(NOW, 7 * DAY_MS));
    expect(at(after(NOW, -1))).toEqual(after(NOW, MINUTE_MS));
  });
});

describe('a failure of the subscriber after many of the CA', () => {
  it('is tried again in a minute, and daily only once it has failed four times itself', () => {
    let state: RenewalState = { ...UNPLANNED, failures: 9 };
    const waits = Array.from({ length: 4 }, () => {
      state = failed(state, SUBSCRIBER, short, 1, NOW, () => 0.5);
      return state.nextAttemptAt!.getTime() - NOW.getTime();
    });
    expect(waits).toEqual([MINUTE_MS, 10 * MINUTE_MS, 100 * MINUTE_MS, DAY_MS]);
  });
});

describe('the other CA', () => {
  const of = (count: number, minutes: number) => ({ count, firstAt: after(NOW, -minutes * MINUTE_MS) });

  it.each([
    ['one failure', of(1, 0), 0.3, false],
    ['one failure, a quarter of life left', of(1, 0), 0.24, true],
    ['two in a row', of(2, 1), 0.9, true],
    ['a quarter of an hour', of(1, 15), 0.9, true],
    ['a failure of the subscriber', null, 0.01, false],
  ])('after %s: %s', (_, failures, left, expected) => {
    expect(shouldSwitchCa(failures, left, NOW)).toBe(expected);
  });

  it('is asked at once, and after it the ladder goes on: nobody is hammered in turn', () => {
    const first = failed(UNPLANNED, CA, long, 2, NOW, () => 0.5);
    expect(first).toMatchObject({ ca: 0, failures: 1, nextAttemptAt: after(NOW, MINUTE_MS) });
    const second = failed(first, CA, long, 2, NOW, () => 0.5);
    expect(second).toMatchObject({ ca: 1, failures: 2, nextAttemptAt: NOW });
    const third = failed(second, CA, long, 2, NOW, () => 0.5);
    const fourth = failed(third, CA, long, 2, NOW, () => 0.5);
    expect(fourth).toMatchObject({ ca: 0, failures: 4, nextAttemptAt: after(NOW, DAY_MS) });
  });

  it('is not asked when failures of the CA are interrupted by one of the subscriber', () => {
    const once = failed(UNPLANNED, CA, long, 2, NOW, () => 0.5);
    const twice = failed(once, SUBSCRIBER, long, 2, NOW, () => 0.5);
    expect(failed(twice, CA, long, 2, NOW, () => 0.5).ca).toBe(0);
  });
});

describe('a fault', () => {
  it.each([
    ['urn:ietf:params:acme:error:rateLimited', 'LIMIT'],
    ['urn:ietf:params:acme:error:caa', 'SUBSCRIBER'],
    ['urn:ietf:params:acme:error:dns', 'SUBSCRIBER'],
    ['urn:ietf:params:acme:error:serverInternal', 'CA'],
    ['urn:ietf:params:acme:error:badCSR', 'LOCAL'],
    ['about:blank', 'CA'],
    [null, 'CA'],
  ])('of %s is on the side of %s', (problem, side) => {
    expect(faultSide(problem)).toBe(side);
  });
});

describe('a name that fails', () => {
  it('fails at most 4 times in any hour, 6 times on its first day and once a day after that, however eagerly it is tried', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 20; round += 1) {
      const failures: Date[] = [];
      for (let now = NOW; now < after(NOW, 40 * DAY_MS); now = after(now, MINUTE_MS * (1 + 30 * random()))) {
        if (mayTryName(failures, now) <= now) {
          failures.push(now);
        }
      }
      const within = (from: Date, ms: number) => failures.filter((at) => at >= from && at < after(from, ms)).length;
      failures.forEach((at) => expect(within(at, HOUR_MS)).toBeLessThanOrEqual(4));
      expect(within(failures[0]!, DAY_MS)).toBe(6);
      const later = failures.filter((at) => at >= after(failures[0]!, DAY_MS));
      later.forEach((at) => expect(within(at, DAY_MS)).toBe(1));
      expect(later.length).toBeGreaterThan(35);
    }
  });

  it('may be tried at once when it never failed, and exactly when it says', () => {
    expect(mayTryName([], NOW)).toEqual(NOW);
    const four = [0, 1, 2, 3].map((minutes) => after(NOW, minutes * MINUTE_MS));
    expect(mayTryName(four, after(NOW, 5 * MINUTE_MS))).toEqual(after(NOW, HOUR_MS));
  });

  it('is asked about after thirty days, unless it has ever worked', () => {
    const failures = [after(NOW, -30 * DAY_MS), after(NOW, -DAY_MS)];
    expect(shouldAskAboutName(failures, false, NOW)).toBe(true);
    expect(shouldAskAboutName(failures, true, NOW)).toBe(false);
    expect(shouldAskAboutName(failures, false, after(NOW, -1))).toBe(false);
  });
});
