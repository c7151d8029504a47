import { MINUTE_MS, after } from '../domain/renewal/life.js';
import type { AcmeProblem } from '../domain/acme/problem.js';

/** Long enough that one look of the schedule at all that is due asks it once. */
const SILENT_MS = 5 * MINUTE_MS;
/** It is there, and says something else than what it was asked for. */
const STRANGE_ANSWERS: readonly string[] = ['local:notAcme', 'local:tooLarge'];

/** CAs, by their directories, that gave no answer a while ago: not to ask them holds up nobody else's certificates. */
export class SilentCas {
  readonly #until = new Map<string, Date>();

  has(directoryUrl: string, now: Date): boolean {
    const until = this.#until.get(directoryUrl);
    return until !== undefined && until > now;
  }

  /** Of a question that failed. An answer about one certificate says nothing about the others. */
  note(directoryUrl: string, error: unknown, now: Date): void {
    if (hasNotAnswered(error)) {
      this.#until.set(directoryUrl, after(now, SILENT_MS));
    }
  }
}

/** Too busy to answer is as good as no answer. */
function hasNotAnswered(error: unknown): boolean {
  const { problem } = error as { readonly problem?: AcmeProblem };
  const status = problem?.status ?? 0;
  return status === 0 ? !STRANGE_ANSWERS.includes(problem?.type ?? '') : status === 429 || status >= 500;
}
