import type { DomainError } from '../../src/shared/domain-error.js';
import { readJournal } from './apply-journal.js';
import { checkPairs, type PairVerdicts } from './check-pairs.js';
import type { Target } from './effects.js';
import { withExtras } from './extra-files.js';
import type { StoredFile } from './http-change.js';
import { staleIndexFiles } from './index-files.js';
import { readFiles, type LiveFile } from './live-files.js';
import { planChanges, type Plan, type PlannedChange, type WantedChange } from './plan-changes.js';
import type { Fingerprints } from './verify.js';

/** What is known before anything is touched: an apply goes by it, and a dry run reports it. */
export interface Situation {
  readonly plan: Plan;
  readonly live: ReadonlyMap<string, LiveFile>;
  /** Files of an apply that was cut off, as they were; null: there was none. */
  readonly journal: readonly StoredFile[] | null;
  /** Files of the server itself that are not there: a site brings them, but never changes those that are. */
  readonly missing: readonly StoredFile[];
  /** The files that name the others, where they do not name exactly those that are there: as they should be. */
  readonly staleIndex: readonly StoredFile[];
  readonly fingerprints: Fingerprints;
  readonly doubts: PairVerdicts['doubts'];
  /** Changes whose certificates must not be served. */
  readonly problems: ReadonlyMap<PlannedChange, DomainError>;
}

/** Changes nothing. @throws DomainError READ_ONLY for what cannot be read */
export async function lookAround(target: Target, asked: readonly WantedChange[]): Promise<Situation> {
  const serverFiles = target.consumer.renderServer(target.server);
  const journal = await readJournal(target);
  const wanted = await withExtras(target, asked, journal ?? []);
  const paths = [...serverFiles, ...(journal ?? []), ...wanted.flatMap(({ rendered }) => rendered.files)];
  const live = await readFiles(target.directory, new Set(paths.map(({ path }) => path)));
  const plan = planChanges(wanted, live, journal ?? []);
  const missing = serverFiles.filter(({ path }) => {
    const is = live.get(path);
    return is === undefined || (is.content === null && is.oddity === null);
  });
  const { consumer, server, directory } = target;
  const staleIndex = consumer.index === undefined ? [] : await staleIndexFiles(consumer.index, server, directory);
  const liveIndex = await readFiles(
    directory,
    staleIndex.map(({ path }) => path),
  );
  const all = new Map([...live, ...liveIndex]);
  return { plan, live: all, journal, missing, staleIndex, ...(await checkPairs(target, plan.changes)) };
}
