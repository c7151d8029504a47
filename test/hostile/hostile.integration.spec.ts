import { deepStrictEqual } from 'node:assert/strict';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONSUMERS, CONSUMER_NAMES, type ConsumerName } from '../../src/consumers/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { httpApplySchema } from '../../workers/http/http-change.js';
import { seedFromEnvironment, SeededRandom } from '../support/seeded-random.js';
import { CheckedBatches } from './checked-batches.js';
import { tryCase, type Accepted, type Refusals } from './hostile-case.js';
import { MemoryApi } from './memory-api.js';
import { spoiledAfterwards } from './spoiled-afterwards.js';
import { readBoth } from './twin.js';

/** `npm run test:hostile` tries 10,000. */
const CASES = Number(process.env['HLER_TEST_HOSTILE_CASES'] ?? '400');
const SEED = seedFromEnvironment();
const TIMEOUT_MS = 60_000 + CASES * 100;

describe.each(CONSUMER_NAMES)(`%s, given ${CASES} hostile inputs (HLER_TEST_SEED=${SEED})`, (name) => {
  const consumer = CONSUMERS[name];
  let batches: CheckedBatches;
  beforeAll(async () => {
    batches = await CheckedBatches.make(name);
  });
  afterAll(async () => batches.remove());

  /** What it cannot serve at all is refused whatever it is called. */
  function isServable({ site, server }: Accepted): boolean {
    try {
      consumer.renderSite(site, server);
    } catch (error) {
      if (error instanceof DomainError && error.details['consumer'] === name) {
        return false;
      }
    }
    return true;
  }

  it(
    'renders whatever the API accepts into the directives of a harmless twin, and its own checker agrees',
    async () => {
      const random = new SeededRandom(SEED);
      const api = new MemoryApi();
      const refusals: Refusals = new Map();
      let accepted = 0;
      for (let index = 0; index < CASES; index += 1) {
        const one = await tryCase(random, api, name, batches.certificates, refusals);
        if (one !== undefined && isServable(one)) {
          accepted += 1;
          const { change, server } = crossed(name, one);
          mustBeTwins(readBoth(consumer, change, server), index, one);
          await batches.add(change, server);
        }
      }
      await batches.flush();
      expect(batches.checked).toBe(accepted);
      expect(accepted).toBeGreaterThan(CASES / 10);
      const refused = [...refusals.values()].reduce((sum, count) => sum + count, 0);
      expect(refused).toBeGreaterThan(CASES / 10);
      expect([...refusals.keys()]).toEqual(
        expect.arrayContaining(['HOSTNAME_INVALID', 'PATH_INVALID', 'INPUT_INVALID']),
      );
    },
    TIMEOUT_MS,
  );

  it(
    'refuses, or renders into the same directives, what was spoiled after the API had accepted it',
    async () => {
      const random = new SeededRandom(SEED + 1);
      let rendered = 0;
      let refused = 0;
      for (let index = 0; index < CASES; index += 1) {
        const one = spoiledAfterwards(random, name);
        const both = unlessRefused(() => readBoth(consumer, one.site, one.server));
        if (both === undefined) {
          refused += 1;
          continue;
        }
        rendered += 1;
        mustBeTwins(both, index, one);
        for (const { certificate } of one.site.names) {
          if (certificate !== null) {
            await batches.lend(certificate);
          }
        }
        await batches.add(one.site, one.server);
      }
      await batches.flush();
      expect(Math.min(rendered, refused)).toBeGreaterThan(CASES / 20);
    },
    TIMEOUT_MS,
  );
});

/** @throws Error that shows the difference, and what it was made from */
function mustBeTwins({ actual, expected }: ReturnType<typeof readBoth>, index: number, one: Accepted): void {
  try {
    deepStrictEqual(actual, expected);
  } catch (error) {
    throw new Error(`Case ${index} has other directives than its twin: ${JSON.stringify(one)}`, { cause: error });
  }
}

function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof DomainError && error.code !== 'INTERNAL') {
      return undefined;
    }
    throw error;
  }
}

/** As it arrives at the worker: through the queue and its schema. */
function crossed(consumer: ConsumerName, { site, server }: Accepted) {
  const sent = JSON.parse(JSON.stringify({ consumer, server, change: { type: 'SITE', site } })) as unknown;
  const input = httpApplySchema.parse(sent);
  if (input.change.type !== 'SITE') {
    throw new Error('Another change arrived than was sent.');
  }
  return { change: input.change.site, server: input.server };
}
