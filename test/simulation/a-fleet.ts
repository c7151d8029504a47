import { seededRandom } from '../../src/shared/random.js';
import { Fleet } from './fleet.js';
import { PlainCa, type PlainCaOptions } from './plain-ca.js';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export const YEAR = 365 * DAY;
export const START = Date.UTC(2026, 0, 1);
export const LIVES = [90 * DAY, 45 * DAY, 160 * HOUR] as const;
export const SEED = 20_261_122;

/** All of it, minutes of work, or a tenth of it (seconds), as in every run of the tests. */
export const IS_FULL = process.env['HLER_TEST_SIMULATION'] === 'full';

export function aCa(options: Partial<PlainCaOptions> = {}): PlainCa {
  return new PlainCa({ seed: SEED, failing: 0, outages: [], personalOutage: null, movedWindows: 0, ...options });
}

/** `size` certificates of all three lives in equal parts, somewhere in the first half of their lives. */
export function aFleet(size: number, ca: PlainCa, seed = SEED): Fleet {
  const random = seededRandom(seed + 1);
  const fleet = new Fleet(ca, seed + 2);
  for (let index = 0; index < size; index += 1) {
    const lifeMs = LIVES[index % LIVES.length]!;
    const names = [`site${index}.test`, `www.site${index}.test`];
    const notBefore = START - Math.floor(random() * lifeMs * 0.45);
    const member = { client: `client${index % 97}`, names, lifeMs };
    fleet.adopt(member, ca.adopt({ accountId: 'account', names, lifeMs }, notBefore), START);
  }
  return fleet;
}
