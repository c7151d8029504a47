import { describe, expect, it } from 'vitest';
import { aCa, DAY, HOUR, IS_FULL, START } from './a-fleet.js';
import { Fleet } from './fleet.js';

const SITES = IS_FULL ? 10_000 : 1_000;

const TIMEOUT_MS = IS_FULL ? 3_600_000 : 60_000;

/** What the bucket allows at best: 300 at once, then one every 36 seconds. */
const BOUND_MS = (SITES - 300) * 36_000;

function aSite(client: string, index: number, domain = `${client}-${index}.test`) {
  return { client, names: [domain], lifeMs: 90 * DAY };
}

describe('a backlog of first certificates', () => {
  it('ends within 2 % of what the limit for new orders allows, and never goes over it', { timeout: TIMEOUT_MS }, () => {
    const ca = aCa();
    const fleet = new Fleet(ca, 1);
    for (let index = 0; index < SITES; index += 1) {
      fleet.wish(aSite(`client${index % 50}`, index), START);
    }
    fleet.runUntil(START + BOUND_MS * 1.02);
    const { renewals, lastIssuedAt } = fleet.result;
    expect(renewals).toBe(SITES);
    expect([...ca.limits.refusals]).toEqual([]);
    expect((lastIssuedAt - START) / BOUND_MS).toBeLessThan(1.02);
    expect((lastIssuedAt - START) / BOUND_MS).toBeGreaterThan(0.99);
  });

  it('of a huge tenant delays another tenant by one slot at most', { timeout: TIMEOUT_MS }, () => {
    const until = (huge: number): readonly number[] => {
      const fleet = new Fleet(aCa(), 2);
      for (let index = 0; index < huge; index += 1) {
        fleet.wish(aSite('huge', index), START);
      }
      for (let index = 0; index < 20; index += 1) {
        fleet.wish(aSite('small', index), START + 6 * HOUR + index * 10 * 60_000);
      }
      fleet.runUntil(START + 12 * HOUR);
      return fleet.result.sent.filter(({ client }) => client === 'small').map(({ at }) => at);
    };
    const [alone, beside] = [until(0), until(2_000)];
    expect(beside).toHaveLength(20);
    // A slot: 36 seconds of the bucket, and the tick.
    beside.forEach((at, index) => expect(at - alone[index]!).toBeLessThanOrEqual(36_500));
  });

  it('of sites that all fail delays another tenant by one slot at most, and spares the names that fail', () => {
    const ca = aCa({ failing: 1 });
    const fleet = new Fleet(ca, 3);
    for (let index = 0; index < 200; index += 1) {
      fleet.wish(aSite('failing', index), START);
    }
    fleet.runUntil(START + 3 * DAY);
    expect(fleet.result.renewals).toBe(0);
    expect([...ca.limits.refusals]).toEqual([]);
    // 1, 10, 100 minutes, then daily: seven attempts at most in three days for each.
    expect(fleet.result.attempts / 200).toBeLessThan(8);
  });

  it('of 200 hostnames of one registered domain keeps to its limit: one held back, and one every 202 minutes', () => {
    const ca = aCa();
    const fleet = new Fleet(ca, 4);
    for (let index = 0; index < 200; index += 1) {
      fleet.wish(aSite('one', index, `host${index}.example.test`), START);
    }
    fleet.runUntil(START + 7 * DAY);
    expect([...ca.limits.refusals]).toEqual([]);
    expect(fleet.result.renewals).toBe(49 + 49);
  });
});
