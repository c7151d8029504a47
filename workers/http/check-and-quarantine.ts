import type { CheckerComplaint } from '../../src/consumers/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import type { StoredFile } from './http-change.js';
import type { Candidate, Remedy, Residents } from './remedy.js';
import type { StagedSet } from './staged-set.js';

export interface Verdict<C> {
  readonly accepted: readonly C[];
  readonly refused: ReadonlyMap<C, CheckerComplaint>;
}

export interface Quarantine<C> extends Verdict<C> {
  /** What was done to others, so that the accepted can go live; in the staged set already. */
  readonly remedies: readonly Remedy[];
}

/**
 * Finds out which changes the web server takes together. A change that is at fault gets its previous files back in the
 * staged set, and the rest is checked again. When the fault is a resident's, it is put aside in the least harmful way. When the
 * complaint names nobody, halves are tried, of the changes first. In the end the staged set holds exactly what was
 * accepted, with the remedies, and was checked as a whole.
 * @throws DomainError HTTP_CONFIG_INVALID when the set is refused even without any of the changes, and for nothing of ours
 */
export async function checkAndQuarantine<C extends Candidate>(
  staged: StagedSet,
  candidates: readonly C[],
  residents: Residents,
): Promise<Quarantine<C>> {
  await staged.put(filesOf(candidates));
  let accepted = candidates;
  const refused = new Map<C, CheckerComplaint>();
  const remedies: Remedy[] = [];
  for (;;) {
    const complaint = await staged.check();
    if (complaint === undefined) {
      return { accepted, refused, remedies };
    }
    const guilty = accepted.filter((candidate) => isAbout(complaint, candidate));
    const found =
      guilty.length > 0
        ? { refused: new Map(guilty.map((candidate) => [candidate, complaint])), remedies: [] }
        : await blameOthers(staged, accepted, complaint, residents);
    for (const [candidate, its] of found.refused) {
      refused.set(candidate, its);
      await staged.put(candidate.before);
    }
    await staged.put(filesOf(found.remedies));
    accepted = accepted.filter((candidate) => !refused.has(candidate));
    remedies.push(...found.remedies);
  }
}

const filesOf = (candidates: readonly Candidate[]): readonly StoredFile[] => candidates.flatMap(({ files }) => files);

const pathsOf = (candidates: readonly Candidate[]): ReadonlySet<string> =>
  new Set(filesOf(candidates).map(({ path }) => path));

export function isAbout(complaint: CheckerComplaint, { files }: Candidate): boolean {
  const { file, mentions } = complaint;
  return files.some(({ path, content }) => path === file || (mentions !== null && content?.includes(mentions)));
}

type Blamed<C> = Pick<Quarantine<C>, 'refused' | 'remedies'>;

/** @throws DomainError HTTP_CONFIG_INVALID */
async function blameOthers<C extends Candidate>(
  staged: StagedSet,
  accepted: readonly C[],
  complaint: CheckerComplaint,
  residents: Residents,
): Promise<Blamed<C>> {
  const remedies = await residents.remedies(complaint, pathsOf(accepted));
  if (remedies.length > 0) {
    return { refused: new Map(), remedies };
  }
  const trials = accepted.map(trialOf);
  await staged.put(trials.flatMap(({ before }) => before));
  const without = await staged.check();
  if (without === undefined) {
    const { refused } = await halve(staged, trials);
    return { refused: new Map([...refused].map(([{ candidate }, its]) => [candidate, its])), remedies };
  }
  const found = await searchResidents(staged, without, residents);
  await staged.put(filesOf(accepted));
  return { refused: new Map(), remedies: found };
}

/** Sites of the batch are left out altogether: what they had before may be as bad, and nobody's fault but theirs. */
function trialOf<C extends Candidate>(candidate: C): Candidate & { readonly candidate: C } {
  const before = candidate.before.map((file) => (file.path.includes('/') ? { ...file, content: null } : file));
  return { candidate, files: candidate.files, before };
}

/** @throws DomainError HTTP_CONFIG_INVALID */
async function searchResidents(
  staged: StagedSet,
  complaint: CheckerComplaint,
  residents: Residents,
): Promise<readonly Remedy[]> {
  const named = await residents.remedies(complaint, new Set());
  if (named.length > 0) {
    return named;
  }
  const suspects = complaint.file === null ? await residents.suspects() : [];
  await staged.put(suspects.flatMap(({ before }) => before));
  if (suspects.length === 0 || (await staged.check()) !== undefined) {
    throw configInvalid(complaint);
  }
  const { accepted, refused } = await halve(staged, suspects);
  await staged.put(accepted.flatMap(({ before }) => before));
  for (const suspect of refused.keys()) {
    if (!(await isRefusedAlone(staged, suspect))) {
      throw configInvalid(complaint);
    }
  }
  await staged.put(filesOf(accepted));
  return [...refused].flatMap(([suspect, its]) => residents.putAside(suspect, its));
}

/** What is refused only together with many others is not at fault: the machine is short of something. */
async function isRefusedAlone(staged: StagedSet, suspect: Candidate): Promise<boolean> {
  await staged.put(suspect.files);
  const complaint = await staged.check();
  await staged.put(suspect.before);
  return complaint !== undefined;
}

/** The staged set is good without the suspects, and good again when this returns. */
async function halve<C extends Candidate>(staged: StagedSet, suspects: readonly C[]): Promise<Verdict<C>> {
  await staged.put(suspects.flatMap(({ files }) => files));
  const complaint = suspects.length === 0 ? undefined : await staged.check();
  if (complaint === undefined) {
    return { accepted: suspects, refused: new Map() };
  }
  await staged.put(suspects.flatMap(({ before }) => before));
  const [only, ...more] = suspects;
  if (only !== undefined && more.length === 0) {
    return { accepted: [], refused: new Map([[only, complaint]]) };
  }
  const middle = Math.ceil(suspects.length / 2);
  const first = await halve(staged, suspects.slice(0, middle));
  const second = await halve(staged, suspects.slice(middle));
  return {
    accepted: [...first.accepted, ...second.accepted],
    refused: new Map([...first.refused, ...second.refused]),
  };
}

export function configInvalid(complaint: CheckerComplaint): DomainError {
  const { file, mentions, sentence } = complaint;
  const culprit = file ?? mentions;
  const where = culprit === null ? '' : ` The fault lies in ${culprit}, which this operation does not write.`;
  return new DomainError('HTTP_CONFIG_INVALID', `The web server refuses its configuration: ${sentence}.${where}`, {
    details: { checker: sentence, file: culprit },
  });
}
