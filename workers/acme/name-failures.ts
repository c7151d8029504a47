import type { ExplainedProblem } from '../../src/certificates/domain/acme/explain-problem.js';
import type { AcmeIdentifier, AcmeProblem } from '../../src/certificates/domain/acme/problem.js';
import { isProblem } from './acme-error.js';
import { OrderProblems } from './order-problems.js';

/** What keeps single names of an order from being proved: gathered, as it does not concern the others. */
export class NameFailures {
  private readonly problems: AcmeProblem[] = [];

  constructor(private readonly signal: AbortSignal) {}

  get some(): boolean {
    return this.problems.length > 0;
  }

  /** Undefined when it fails for what is about this name; all else is thrown. */
  async of<T>(identifier: AcmeIdentifier, work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      this.add(identifier, error);
      return undefined;
    }
  }

  /** @throws `error` when it is not about a name */
  add(identifier: AcmeIdentifier, error: unknown): void {
    this.signal.throwIfAborted();
    if (!isProblem(error, 'local:challengeNotPresented', 'local:noChallenge')) {
      throw error;
    }
    this.problems.push({ ...error.problem, identifier });
  }

  /** @throws OrderProblems when there are any, or any of these */
  end(objections: readonly ExplainedProblem[]): void {
    if (this.some || objections.length > 0) {
      throw new OrderProblems(this.problems, objections);
    }
  }
}
