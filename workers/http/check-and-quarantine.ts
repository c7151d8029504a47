import type { CheckerComplaint } from '../../src/consumers/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import type { StoredFile } from './http-change.js';
import type { StagedSet } from './staged-set.js';

/** A change that may be refused without the others. */
export interface Candidate {
  readonly files: readonly StoredFile[];
  /** The same files as they were. */
  readonly before: readonly StoredFile[];
}

export interface Verdict<C> {
  readonly accepted: readonly C[];
  readonly refused: ReadonlyMap<C, CheckerComplaint>;
}

/**
 * Finds out which changes the web server takes together. A change that is at fault gets its previous files back in the
 * staged set, and the rest is checked again. When the complaint names none of them, halves are tried. In the end the staged
 * set holds exactly what was accepted, and was checked as a whole.
 * @throws DomainError HTTP_CONFIG_INVALID when the set is refused even without any of the changes
 */
export async function checkAndQuarantine<C extends Candidate>(
  staged: StagedSet,
  candidates: readonly C[],
): Promise<Verdict<C>> {
  await staged.put(candidates.flatMap(({ files }) => files));
  let accepted = candidates;
  const refused = new Map<C, CheckerComplaint>();
  for (;;) {
    const complaint = await staged.check();
    if (complaint === undefined) {
      return { accepted, refused };
    }
    const guilty = accepted.filter((candidate) => isAbout(complaint, candidate));
    if (guilty.length === 0) {
      const found = await isolate(staged, accepted);
      return { accepted: found.accepted, refused: new Map([...refused, ...found.refused]) };
    }
    for (const candidate of guilty) {
      refused.set(candidate, complaint);
      await staged.put(candidate.before);
    }
    accepted = accepted.filter((candidate) => !refused.has(candidate));
  }
}

export function isAbout(complaint: CheckerComplaint, { files }: Candidate): boolean {
  const { file, mentions } = complaint;
  return files.some(({ path, content }) => path === file || (mentions !== null && content?.includes(mentions)));
}

async function isolate<C extends Candidate>(staged: StagedSet, suspects: readonly C[]): Promise<Verdict<C>> {
  await staged.put(suspects.flatMap(({ before }) => before));
  const complaint = await staged.check();
  if (complaint !== undefined) {
    throw configInvalid(complaint);
  }
  return halve(staged, suspects);
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
