import { setTimeout as sleep } from 'node:timers/promises';
import { PROBE_PATH, type HttpServerSpec } from '../../src/consumers/index.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { ask, type Answer } from './ask.js';
import type { Expectation } from './render-changes.js';

export interface Observation {
  readonly expectation: Expectation;
  readonly answer: Answer;
  /** Why the answer is not what was expected; null when it is. */
  readonly problem: string | null;
}

/** Leaf fingerprints of the certificates on disk, by SPKI hash. */
export type Fingerprints = ReadonlyMap<string, string>;

const PARALLEL = 16;
const PAUSE_MS = 200;
const REQUEST_TIMEOUT_MS = 10_000;

/**
 * Asks for each expectation, over new connections; again and again until `until` (a time of `performance.now()`) where the
 * answer is not the right one, but once at least. One observation for each, in the same order. Never throws.
 */
export async function verify(
  server: HttpServerSpec,
  expectations: readonly Expectation[],
  fingerprints: Fingerprints,
  until: number,
): Promise<readonly Observation[]> {
  return inParallel(expectations, async (expectation) => {
    for (;;) {
      const observation = await observe(server, expectation, fingerprints);
      if (observation.problem === null || performance.now() + PAUSE_MS > until) {
        return observation;
      }
      await sleep(PAUSE_MS);
    }
  });
}

async function observe(
  server: HttpServerSpec,
  expectation: Expectation,
  fingerprints: Fingerprints,
): Promise<Observation> {
  const answer = await ask(server, { ...expectation, path: PROBE_PATH }, REQUEST_TIMEOUT_MS);
  return { expectation, answer, problem: judge(expectation, answer, fingerprints) };
}

/** Pure: whether the answer is what was expected. */
export function judge(expectation: Expectation, answer: Answer, fingerprints: Fingerprints): string | null {
  const { certificate, digest, wanted } = expectation;
  const answers = hasDigest(answer, digest);
  if (!wanted) {
    return answers ? 'the previous configuration is still in force' : null;
  }
  if (answer.error !== null) {
    return `no answer (${answer.error})`;
  }
  if (!answers) {
    return 'another configuration answers for this name';
  }
  return certificate !== null && answer.fingerprint !== fingerprints.get(certificate)
    ? 'another certificate is shown than the one on disk'
    : null;
}

/** Whether what answers was rendered from exactly what this digest is of. */
export function hasDigest({ status, digest, body }: Answer, wanted: string): boolean {
  return status === 200 && (digest ?? body) === wanted;
}

export function describeObservation({ expectation, answer, problem }: Observation): PlainObject {
  return {
    url: `${expectation.scheme}://${expectation.name}/`,
    problem,
    status: answer.status,
    certificate: answer.spki,
    error: answer.error,
  };
}

/** Runs `work` for all, a bounded number at a time; results in the order of `items`. */
export async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results[index] = await work(item);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  return results;
}
