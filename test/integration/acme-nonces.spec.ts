import { expect, it } from 'vitest';
import { startAcmeLab } from '../support/acme-lab.js';

/** The long run: `npm run test:nonces`, a hundred orders each. */
const ORDERS = Number(process.env['HLER_TEST_ACME_ORDERS'] ?? 12);

it.each([
  [5, 0],
  [50, 0],
  [80, 0.01],
])(
  'at %s percent of good nonces refused, no more than a share of %s of the orders fails',
  async (badNonces, allowed) => {
    const lab = await startAcmeLab({ badNonces });
    try {
      const failed: unknown[] = [];
      const orders = Array.from({ length: ORDERS }, (_, index) => `n${index}.nonce.test`).values();
      const worker = async (): Promise<void> => {
        for (const name of orders) {
          const { outcome } = await lab.issue({ names: [name] });
          if (outcome.status !== 'ISSUED') {
            failed.push(outcome.problems);
          }
        }
      };
      await Promise.all([worker(), worker(), worker(), worker()]);
      expect(failed.slice(Math.floor(ORDERS * allowed))).toEqual([]);
    } finally {
      await lab.stop();
    }
  },
  60_000 + ORDERS * 3_000,
);
