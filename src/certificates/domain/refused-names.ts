import { z } from 'zod';
import type { Failure } from '../../shared/failure.js';
import type { ExplainedProblem } from './acme/explain-problem.js';
import { nameOf, problemsIn } from './acme/problems-in.js';
import type { RefusedName } from './certificate.js';

const word = z.string().regex(/^[A-Z0-9_]{1,64}$/);
const atMost = (length: number) => z.string().transform((text) => text.slice(0, length));

/** A `RefusedName` as it is kept. */
export const refusedNameSchema = z.object({
  name: z.string().max(255),
  cause: word,
  owner: word,
  message: atMost(2_000),
  evidence: atMost(4_000),
  remedy: atMost(2_000),
  retryAt: z.iso.datetime().nullable(),
  foreseen: z.boolean().optional(),
});

/** What a problem says of its name. */
export function refusedName(problem: ExplainedProblem): RefusedName {
  return refusedNameSchema.parse({ ...problem, name: problem.identifier?.value ?? '' });
}

/** The names that an issue has failed for, each once. `details` is what a runner says: what is not of that shape is left out. */
export function refusedNamesIn(failure: Pick<Failure, 'details'>): readonly RefusedName[] {
  const refused = problemsIn(failure).flatMap(
    (problem) => refusedNameSchema.safeParse({ ...problem, name: nameOf(problem) }).data ?? [],
  );
  return [...new Map(refused.map((one) => [one.name, one])).values()];
}
