import { localProblem, type AcmeProblem, type LocalProblemType } from '../../src/certificates/domain/acme/problem.js';

/** An ACME server, or the way to it, refuses. Never leaves `workers/acme`: the tasks turn it into an outcome. */
export class AcmeError extends Error {
  constructor(
    readonly problem: AcmeProblem,
    options?: ErrorOptions,
  ) {
    super(`${problem.type}: ${problem.detail}`, options);
    this.name = 'AcmeError';
  }
}

export function localError(type: LocalProblemType, detail: string, cause?: unknown): AcmeError {
  return new AcmeError(localProblem(type, detail), { cause });
}

export function isProblem(error: unknown, ...types: readonly string[]): error is AcmeError {
  return error instanceof AcmeError && types.includes(error.problem.type);
}
