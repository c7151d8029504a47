import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { ensureDirectory } from '../system/atomic-write.js';
import { activate, takeBack, type Activation } from './activate.js';
import { clearJournal, clearWorkspace } from './apply-journal.js';
import { endCanary } from './canary.js';
import { checkAndQuarantine } from './check-and-quarantine.js';
import type { PairVerdicts } from './check-pairs.js';
import { askFrontPages, confirm, deadline, type Findings } from './confirm.js';
import { findMaster } from './daemon.js';
import type { Effects, Target } from './effects.js';
import type { StoredFile } from './http-change.js';
import { ensurePlaceholder } from './placeholder.js';
import { filesToWrite, type PlannedChange, type WantedChange } from './plan-changes.js';
import { cancelled, notServed, refusedByChecker, refusedLate, reloadRefused, served } from './results.js';
import { lookAround, type Situation } from './situation.js';
import { stageCopy } from './staged-set.js';
import { systemOf } from './system-server.js';

export type Outcome = TaskSuccess | DomainError;

export interface Batch {
  readonly target: Target;
  readonly wanted: readonly WantedChange[];
  readonly isCancelled: (call: number) => boolean;
  readonly say: (message: string) => void;
}

const ONCE = 0;
const SETTLING_MS = 500;

type Outcomes = Map<PlannedChange, Outcome>;

/** @throws DomainError for what concerns the whole batch; then everything is as before. */
export async function applyBatch(batch: Batch, effects: Effects): Promise<Outcomes> {
  const { target } = batch;
  await prepareDirectories(target, effects);
  const outcomes: Outcomes = new Map();
  const situation = await lookAround(target, batch.wanted);
  situation.problems.forEach((problem, change) => outcomes.set(change, problem));
  const open = situation.plan.changes.filter((change) => !outcomes.has(change));
  if (await concludeWhenAllIsWell(target, situation, open, outcomes)) {
    return outcomes;
  }
  const accepted = await acceptable(batch, situation, open, outcomes, effects);
  // Once more, because what differed may just have been refused.
  if (accepted.length < open.length && (await concludeWhenAllIsWell(target, situation, accepted, outcomes))) {
    return outcomes;
  }
  const activated = await activateAcceptable(batch, situation, accepted, outcomes, effects);
  if (activated !== undefined) {
    await judge(batch, situation, activated.accepted, activated.activation, outcomes, effects);
  }
  await clearJournal(target, effects);
  return outcomes;
}

/**
 * Activates what was accepted. What refuses the whole only now (the machine's own server, with files that are not ours) and
 * names a file of a change, costs that change alone. Undefined: nothing is left to activate.
 */
async function activateAcceptable(
  { target, say }: Batch,
  situation: Situation,
  candidates: readonly PlannedChange[],
  outcomes: Outcomes,
  effects: Effects,
): Promise<{ readonly accepted: readonly PlannedChange[]; readonly activation: Activation } | undefined> {
  for (let accepted = candidates; ;) {
    const written = filesToWrite(
      [...situation.missing, ...situation.plan.leftovers, ...accepted.flatMap(({ files }) => files)],
      situation.live,
    );
    try {
      const activation = await activate(target, written, wayBack(situation, accepted), effects);
      say(`${target.consumer.name}: ${written.length} files put in place, ${activation.how.toLowerCase()}.`);
      return { accepted, activation };
    } catch (error) {
      const refused = refusedLate(error, accepted);
      if (refused.size === 0) {
        throw error;
      }
      refused.forEach((verdict, change) => outcomes.set(change, verdict));
      accepted = accepted.filter((change) => !refused.has(change));
      if (accepted.length === 0) {
        return undefined;
      }
    }
  }
}

async function prepareDirectories(target: Target, effects: Effects): Promise<void> {
  const { consumer, server, directory, workspace } = target;
  const { run, log } = server.paths;
  const own = consumer.directories.map((name) => `${directory}/${name}`);
  await ensureDirectory(workspace, 0o700);
  await endCanary(target, effects);
  await clearWorkspace(target);
  for (const path of [directory, ...own, run, `${run}/${consumer.name}-temp`, log]) {
    await ensureDirectory(path);
  }
  await ensurePlaceholder(target);
}

/** Whether there is nothing to do: no difference, no apply cut off, and the server serves it. Then these are the outcomes. */
async function concludeWhenAllIsWell(
  target: Target,
  { journal, missing, fingerprints, doubts }: Situation,
  changes: readonly PlannedChange[],
  outcomes: Outcomes,
): Promise<boolean> {
  const quiet = journal === null && missing.length === 0 && !changes.some(({ differs }) => differs);
  if (!quiet || (await findMaster(target)) === undefined) {
    return false;
  }
  const findings = await confirm(target, changes, fingerprints, ONCE);
  const well = changes.every((change) => isServed(findings, change));
  if (well) {
    await conclude(target, findings, doubts, () => 'NOTHING_TO_DO', outcomes);
  }
  return well;
}

/** The changes that the web server takes together; the others get their outcome. */
async function acceptable(
  { target, isCancelled }: Batch,
  { plan, missing }: Situation,
  open: readonly PlannedChange[],
  outcomes: Outcomes,
  effects: Effects,
): Promise<readonly PlannedChange[]> {
  const givenUp = open.filter(({ calls }) => calls.every(isCancelled));
  givenUp.forEach((change) => outcomes.set(change, cancelled()));
  const wanted = open.filter((change) => !givenUp.includes(change));
  const staged = await stageCopy(target, effects);
  try {
    await staged.put([...missing, ...plan.leftovers]);
    const { accepted, refused } = await checkAndQuarantine(staged, wanted);
    refused.forEach((complaint, change) => outcomes.set(change, refusedByChecker(change, complaint)));
    return accepted;
  } finally {
    await staged.remove();
  }
}

/** Everything that the apply touches, and what an apply before it had touched, as it was last known to be served. */
function wayBack({ plan, journal }: Situation, accepted: readonly PlannedChange[]): readonly StoredFile[] {
  const files = [...(journal ?? []), ...plan.leftovers, ...accepted.flatMap(({ before }) => before)];
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

async function judge(
  batch: Batch,
  { fingerprints, doubts, journal }: Situation,
  accepted: readonly PlannedChange[],
  { ended }: Activation,
  outcomes: Outcomes,
  effects: Effects,
): Promise<void> {
  const { target } = batch;
  const until = await deadline(target, effects);
  const end = await ended(until);
  // A reload of somebody else, or of an apply that was cut off, may have ended just before ours.
  const patience = journal === null && systemOf(target) === undefined ? performance.now() + SETTLING_MS : until;
  const findings = await confirm(target, accepted, fingerprints, patience);
  const bad = accepted.filter((change) => end.type === 'REFUSED' || !isServed(findings, change));
  if (bad.length > 0) {
    await takeBackAll(batch, bad, effects);
  }
  for (const change of bad) {
    const observations = findings.get(change) ?? [];
    outcomes.set(
      change,
      end.type === 'REFUSED' ? reloadRefused(end.sentence, target) : notServed(change, observations),
    );
  }
  const good = new Map([...findings].filter(([change]) => !bad.includes(change)));
  await conclude(target, good, doubts, ({ differs }) => (differs ? 'SUCCESS' : 'NOTHING_TO_DO'), outcomes);
}

async function takeBackAll({ target, say }: Batch, bad: readonly PlannedChange[], effects: Effects): Promise<void> {
  say(`${target.consumer.name}: ${bad.length} changes are not served as they should be; taking them back.`);
  const before = bad.flatMap(({ before }) => before);
  const { ended } = await takeBack(target, before, effects);
  // The verdict says that the previous configuration is back in force.
  await ended(await deadline(target, effects));
}

function isServed(findings: Findings, change: PlannedChange): boolean {
  return (findings.get(change) ?? []).every(({ problem }) => problem === null);
}

async function conclude(
  target: Target,
  findings: Findings,
  doubts: PairVerdicts['doubts'],
  status: (change: PlannedChange) => TaskSuccess['status'],
  outcomes: Outcomes,
): Promise<void> {
  const frontPages = await askFrontPages(target, [...findings.keys()]);
  const verifiedAt = new Date().toISOString();
  for (const [change, observations] of findings) {
    const found = { frontPage: frontPages.get(change), observations, doubts: doubts.get(change) ?? [] };
    outcomes.set(change, served(change, status(change), found, verifiedAt));
  }
}
