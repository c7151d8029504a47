import type { TaskSuccess } from '../../src/operations/domain/task.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { ensureDirectory } from '../system/atomic-write.js';
import { activate, takeBack, type Activation } from './activate.js';
import { clearJournal, clearWorkspace } from './apply-journal.js';
import { endCanary } from './canary.js';
import { checkAndQuarantine, type Quarantine } from './check-and-quarantine.js';
import type { PairVerdicts } from './check-pairs.js';
import { askFrontPages, confirm, deadline, type Findings } from './confirm.js';
import { findMaster } from './daemon.js';
import type { Effects, Target } from './effects.js';
import type { StoredFile } from './http-change.js';
import { ensurePlaceholder } from './placeholder.js';
import { filesToWrite, type PlannedChange, type WantedChange } from './plan-changes.js';
import { QUARANTINE } from './quarantine-path.js';
import type { Candidate, Remedy } from './remedy.js';
import { sayRemedy, warningsFor } from './remedy-warnings.js';
import { residentsOf } from './residents.js';
import {
  blocked,
  cancelled,
  notServed,
  notTakenBack,
  refusedByChecker,
  refusedLate,
  reloadRefused,
  served,
} from './results.js';
import { lookAround, type Situation } from './situation.js';
import { stageCopy } from './staged-set.js';
import { releaseSuccessor } from './succeed.js';
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
  const found = await acceptable(batch, situation, open, outcomes, effects);
  if (found === undefined) {
    return outcomes;
  }
  const { accepted, remedies } = found;
  // Once more, because what differed may just have been refused.
  const isLess = accepted.length < open.length && remedies.length === 0;
  if (isLess && (await concludeWhenAllIsWell(target, situation, accepted, outcomes))) {
    return outcomes;
  }
  const activated = await activateAcceptable(batch, situation, accepted, remedies, outcomes, effects);
  if (activated !== undefined) {
    const { accepted: active, activation } = activated;
    const allIsSettled = await judge(batch, { ...situation, remedies }, active, activation, outcomes, effects);
    if (!allIsSettled) {
      return outcomes;
    }
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
  remedies: readonly Remedy[],
  outcomes: Outcomes,
  effects: Effects,
): Promise<{ readonly accepted: readonly PlannedChange[]; readonly activation: Activation } | undefined> {
  for (let accepted = candidates; ;) {
    const applied = [...accepted, ...remedies];
    const wanted = [...situation.missing, ...situation.plan.leftovers, ...applied.flatMap(({ files }) => files)];
    const written = filesToWrite(lastOfEach(wanted), situation.live);
    try {
      const activation = await activate(target, written, wayBack(situation, applied), effects);
      say(`${target.consumer.name}: ${written.length} files put in place, ${activation.how.toLowerCase()}.`);
      remedies.forEach((remedy) => say(sayRemedy(target, remedy)));
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
  await releaseSuccessor(target);
  await clearWorkspace(target);
  for (const path of [directory, ...own, run, `${run}/${consumer.name}-temp`, log]) {
    await ensureDirectory(path);
  }
  await ensureDirectory(`${directory}/${QUARANTINE}`, 0o700);
  await ensurePlaceholder(target);
}

/** Whether there is nothing to do: no difference, no apply cut off, and the server serves it. Then these are the outcomes. */
async function concludeWhenAllIsWell(
  target: Target,
  { journal, missing, staleIndex, fingerprints, doubts }: Situation,
  changes: readonly PlannedChange[],
  outcomes: Outcomes,
): Promise<boolean> {
  const isComplete = missing.length === 0 && staleIndex.length === 0;
  const quiet = journal === null && isComplete && !changes.some(({ differs }) => differs);
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

/**
 * The changes that the web server takes together, and what has to be done to others for that; the rest get their outcome.
 * Undefined when it takes none, because of what is not ours: then all have theirs.
 */
async function acceptable(
  { target, isCancelled }: Batch,
  { plan, missing }: Situation,
  open: readonly PlannedChange[],
  outcomes: Outcomes,
  effects: Effects,
): Promise<Pick<Quarantine<PlannedChange>, 'accepted' | 'remedies'> | undefined> {
  const givenUp = open.filter(({ calls }) => calls.every(isCancelled));
  givenUp.forEach((change) => outcomes.set(change, cancelled()));
  const wanted = open.filter((change) => !givenUp.includes(change));
  const staged = await stageCopy(target, effects);
  try {
    await staged.put([...missing, ...plan.leftovers]);
    const residents = residentsOf(target, staged.directory, target.consumer.renderServer(target.server));
    const { accepted, refused, remedies } = await checkAndQuarantine(staged, wanted, residents);
    refused.forEach((complaint, change) => outcomes.set(change, refusedByChecker(change, complaint)));
    return { accepted, remedies };
  } catch (error) {
    if (!(error instanceof DomainError && error.code === 'HTTP_CONFIG_INVALID')) {
      throw error;
    }
    wanted.forEach((change) => outcomes.set(change, blocked(change, error)));
    return undefined;
  } finally {
    await staged.remove();
  }
}

/** Everything that the apply touches, and what an apply before it had touched, as it was last known to be served. */
function wayBack({ plan, journal }: Situation, applied: readonly Candidate[]): readonly StoredFile[] {
  return lastOfEach([...(journal ?? []), ...plan.leftovers, ...applied.flatMap(({ before }) => before)]);
}

function lastOfEach(files: readonly StoredFile[]): readonly StoredFile[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/**
 * Gives what was activated its outcomes. False when what is not served could not be taken back: then the journal has to stay, so
 * that the next apply takes it back.
 */
async function judge(
  batch: Batch,
  { fingerprints, doubts, journal, remedies }: Situation & Pick<Quarantine<PlannedChange>, 'remedies'>,
  accepted: readonly PlannedChange[],
  { ended }: Activation,
  outcomes: Outcomes,
  effects: Effects,
): Promise<boolean> {
  const { target } = batch;
  const until = await deadline(target, effects);
  const end = await ended(until);
  // A reload of somebody else, or of an apply that was cut off, may have ended just before ours.
  const patience = journal === null && systemOf(target) === undefined ? performance.now() + SETTLING_MS : until;
  const findings = await confirm(target, accepted, fingerprints, patience);
  const bad = accepted.filter((change) => end.type === 'REFUSED' || !isServed(findings, change));
  const failure = bad.length > 0 ? await takeBackAll(batch, bad, effects) : undefined;
  for (const change of bad) {
    const observations = findings.get(change) ?? [];
    const verdict = end.type === 'REFUSED' ? reloadRefused(end.sentence, target) : notServed(change, observations);
    outcomes.set(change, failure === undefined ? verdict : notTakenBack(verdict, failure));
  }
  const good = new Map([...findings].filter(([change]) => !bad.includes(change)));
  if (failure !== undefined) {
    // Served a moment ago; what the server does now is not known.
    good.forEach((_, change) => outcomes.set(change, failure));
    return false;
  }
  const warnings = new Map(accepted.map((one) => [one, [...(doubts.get(one) ?? []), ...warningsFor(one, remedies)]]));
  await conclude(target, good, warnings, ({ differs }) => (differs ? 'SUCCESS' : 'NOTHING_TO_DO'), outcomes);
  return true;
}

/** Returns what prevented it, so that the verdicts that led here are not lost. */
async function takeBackAll(
  { target, say }: Batch,
  bad: readonly PlannedChange[],
  effects: Effects,
): Promise<DomainError | undefined> {
  say(`${target.consumer.name}: ${bad.length} changes are not served as they should be; taking them back.`);
  const before = bad.flatMap(({ before }) => before);
  try {
    const { ended } = await takeBack(target, before, effects);
    // The verdict says that the previous configuration is back in force.
    await ended(await deadline(target, effects));
    return undefined;
  } catch (error) {
    if (error instanceof DomainError) {
      return error;
    }
    throw error;
  }
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
