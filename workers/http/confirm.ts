import { readdir } from 'node:fs/promises';
import { concrete, expectationsOf, fewOf, type Expectation } from './render-changes.js';
import { ask, type Answer } from './ask.js';
import type { Effects, Target } from './effects.js';
import type { PlannedChange } from './plan-changes.js';
import { inParallel, verify, type Fingerprints, type Observation } from './verify.js';

/** How each change was found to be served. */
export type Findings = ReadonlyMap<PlannedChange, readonly Observation[]>;

const PER_VHOST_MS = 10;
const FRONT_PAGE_TIMEOUT_MS = 20_000;

/** All names of what was changed; of what was not, as little as tells that it is served still. */
export async function confirm(
  target: Target,
  changes: readonly PlannedChange[],
  fingerprints: Fingerprints,
  until: number,
): Promise<Findings> {
  const all = changes.flatMap((change) => expectations(change, target).map((expectation) => ({ change, expectation })));
  const observations = await verify(
    target.server,
    all.map(({ expectation }) => expectation),
    fingerprints,
    until,
  );
  return new Map(
    changes.map((change) => [change, observations.filter((_, index) => all[index]?.change === change)] as const),
  );
}

function expectations(change: PlannedChange, { consumer }: Target): readonly Expectation[] {
  const all = expectationsOf(change.rendered, change.files, change.before, consumer);
  return change.differs ? all : fewOf(all);
}

/** The deadline of a reload: reading takes time for each virtual host and its certificate. */
export async function deadline({ directory }: Target, effects: Effects): Promise<number> {
  const vhosts = await readdir(`${directory}/vhost.d`);
  return performance.now() + effects.inForceWithinMs + vhosts.length * PER_VHOST_MS;
}

/** What visitors of the main names get, by change. Sites only. */
export async function askFrontPages(
  { server }: Target,
  changes: readonly PlannedChange[],
): Promise<ReadonlyMap<PlannedChange, Answer>> {
  const answers = await inParallel(changes, async (change) => {
    const { site } = change.rendered;
    if (site === null) {
      return [];
    }
    const main = site.names.find(({ name }) => name === site.uri);
    const scheme = site.https !== 'DISABLED' && main?.certificate ? 'https' : 'http';
    const question = { scheme, name: concrete(site.uri), path: '/' } as const;
    return [[change, await ask(server, question, FRONT_PAGE_TIMEOUT_MS)] as const];
  });
  return new Map(answers.flat());
}
