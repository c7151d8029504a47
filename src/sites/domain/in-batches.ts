import type { PlannedTask } from '../../operations/index.js';

/** Neighbours of one batch cost one reload: tasks of the same server together, servers in the order in which they come. Pure. */
export function inBatches(tasks: readonly PlannedTask[]): readonly PlannedTask[] {
  const keys = [...new Set(tasks.map(({ batchKey }) => batchKey))];
  return keys.flatMap((key) => tasks.filter(({ batchKey }) => batchKey === key));
}
