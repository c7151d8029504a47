import type { Operation } from '../domain/operation.js';
import type { PlainObject } from '../../shared/plain.js';
import type { OperationPlan } from './operation-kind.js';

/** The input of an operation that looks and changes nothing. */
export const DRY_RUN: PlainObject = { dryRun: true };

export function isDryRun({ input }: Pick<Operation, 'input'>): boolean {
  return input['dryRun'] === true;
}

/**
 * The same plan, for looking only: each task gets `dryRun: true`, and is refused by its worker when it cannot look without
 * doing. Nothing is written to any object: the relay refuses fields of objects that an operation does not name. Pure.
 * `essential` are the tasks without which there is no report; what the others find against the plan is a warning.
 */
export function dryRunOf(plan: OperationPlan, essential: readonly string[]): OperationPlan {
  const tasks = plan.tasks.map(({ name, input, batchKey, tolerated }) => ({
    name,
    input: { ...input, ...DRY_RUN },
    ...(batchKey !== undefined && { batchKey }),
    tolerated: tolerated ?? !essential.includes(name),
  }));
  return { tasks, writes: [] };
}
