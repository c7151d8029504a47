import type { SubjectType } from '../domain/task.js';
import type { OperationKind } from './operation-kind.js';

export interface AuditInput {
  readonly kinds: readonly OperationKind[];
  /** Kinds and the fields that each may write, from the writable-fields table. */
  readonly writable: Readonly<Record<string, { readonly [subject in SubjectType]?: readonly string[] }>>;
  /** Task names that worker modules have, doubles included. */
  readonly workerTasks: readonly string[];
  readonly fieldWriters: readonly SubjectType[];
}

/**
 * What is wrong with the registry of kinds and tasks, as sentences; empty when all fits. The app refuses to boot
 * otherwise: a kind without a planner or a task without a worker must not wait for a night to be found.
 */
export function auditRegistry(input: AuditInput): readonly string[] {
  const kindNames = new Set(input.kinds.map((kind) => kind.name));
  const planned = new Set(input.kinds.flatMap((kind) => kind.tasks));
  return [
    ...doubles(input.workerTasks).map((task) => `Two worker modules are named "${task}". Rename one.`),
    ...[...planned]
      .filter((task) => !input.workerTasks.includes(task))
      .map(
        (task) =>
          `No worker module runs the task "${task}". Add workers/tasks/ and its line in workers/tasks/index.ts.`,
      ),
    ...input.workerTasks
      .filter((task) => !planned.has(task))
      .map((task) => `No operation kind plans the task "${task}". Remove it, or name it in a kind.`),
    ...[...kindNames]
      .filter((kind) => !(kind in input.writable))
      .map((kind) => `The kind "${kind}" has no line in writable-fields.ts. Add one, empty if it writes nothing.`),
    ...Object.keys(input.writable)
      .filter((kind) => !kindNames.has(kind))
      .map((kind) => `writable-fields.ts names the kind "${kind}", which no module registers.`),
    ...Object.entries(input.writable).flatMap(([kind, subjects]) =>
      (Object.keys(subjects) as SubjectType[])
        .filter((subject) => !input.fieldWriters.includes(subject))
        .map((subject) => `The kind "${kind}" writes fields of "${subject}", which no module can write.`),
    ),
  ];
}

function doubles(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}
