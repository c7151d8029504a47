import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import type { AcmeProblem } from '../../src/certificates/domain/acme/problem.js';

/** Ends an order: what the CA said of its names, and what was known before it was asked. */
export class OrderProblems extends Error {
  constructor(
    readonly problems: readonly AcmeProblem[],
    readonly objections: readonly ExplainedProblem[] = [],
  ) {
    super([...problems.map(({ detail }) => detail), ...objections.map(({ message }) => message)].join(' '));
    this.name = 'OrderProblems';
  }
}
