import type { Failure } from '../../../shared/failure.js';
import type { ExplainedProblem } from './explain-problem.js';

/** The problems that a failed issue or renewal tells of; none where it tells of none. They come from a runner: each part may be missing or odd. */
export function problemsIn(
  failure: Pick<Failure, 'details'> | null,
): readonly { readonly [part in keyof ExplainedProblem]?: unknown }[] {
  const problems = failure?.details?.['problems'];
  return Array.isArray(problems) ? (problems as readonly object[]) : [];
}

/** The name that a problem is about, as far as it says. */
export function nameOf({ identifier }: { readonly identifier?: unknown }): string | undefined {
  const value = (identifier as { readonly value?: unknown } | null | undefined)?.value;
  return typeof value === 'string' ? value : undefined;
}
