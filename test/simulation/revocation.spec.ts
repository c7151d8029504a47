import { describe, expect, it } from 'vitest';
import { aCa, aFleet, HOUR, IS_FULL, START } from './a-fleet.js';

describe('the revocation of every certificate at once', () => {
  it(
    'is noticed by asking, and all of them are replaced within two hours',
    { timeout: IS_FULL ? 3_600_000 : 60_000 },
    () => {
      const size = IS_FULL ? 10_000 : 500;
      const ca = aCa();
      const fleet = aFleet(size, ca);
      const at = START + 40 * HOUR;
      fleet.runUntil(at);
      const before = fleet.result.renewals;
      ca.revokeAll(at);
      fleet.runUntil(at + 2.5 * HOUR);
      const { renewals, lastIssuedAt, expired } = fleet.result;
      if (IS_FULL) {
        process.stdout.write(`revocation: last replaced after ${(lastIssuedAt - at) / 60_000} min\n`);
      }
      expect(renewals - before).toBeGreaterThanOrEqual(size);
      const within = fleet.result.sent.filter((one) => one.at >= at && one.at <= at + 2 * HOUR);
      expect(within.length).toBeGreaterThanOrEqual(size);
      expect(ca.revokedInForce(at + 2 * HOUR)).toBe(0);
      expect([...ca.limits.refusals]).toEqual([]);
      expect(expired).toBe(0);
    },
  );
});
