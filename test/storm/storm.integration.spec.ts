import { describe, expect, it } from 'vitest';
import { WEB_SERVER_NAMES } from '../../src/consumers/index.js';
import { swapStorm } from './swap-storm.js';

// A short storm belongs to the tier; `npm run bench -- storm` makes the long one.
const SWAPS = 10;
const HANDSHAKES = 1_000;

// A front that cannot reload is without a listener for a moment: consumer-pound.integration.spec.ts.
describe.each(WEB_SERVER_NAMES)('%s, in a storm of handshakes', (consumer) => {
  it(`fails none of ${HANDSHAKES} during ${SWAPS} swaps of its certificate`, async () => {
    const end = await swapStorm(consumer, { swaps: SWAPS, handshakes: HANDSHAKES, clients: 2, lanes: 4 });
    expect(end).toMatchObject({ swaps: SWAPS, failures: {}, strange: [] });
    expect(end.handshakes).toBeGreaterThanOrEqual(HANDSHAKES);
    // Each swap was seen from outside, too: every certificate but the last two had to go.
    expect(Object.keys(end.shown).length).toBeGreaterThan(SWAPS / 2);
  }, 180_000);
});
