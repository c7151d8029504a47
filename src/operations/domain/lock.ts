import type { SubjectType } from './task.js';

/**
 * A claim on one subject while an operation is under way. EXCLUSIVE excludes everybody, SHARED only EXCLUSIVE ones:
 * operations on sites hold their platform SHARED, a change of the platform holds it EXCLUSIVE.
 */
export interface Lock {
  /** `<type>:<id>`. */
  readonly subject: string;
  readonly mode: LockMode;
}

export type LockMode = 'EXCLUSIVE' | 'SHARED';

export const exclusive = (type: SubjectType, id: string): Lock => ({ subject: `${type}:${id}`, mode: 'EXCLUSIVE' });
export const shared = (type: SubjectType, id: string): Lock => ({ subject: `${type}:${id}`, mode: 'SHARED' });

/** One operation in the lines of its subjects. */
export interface Claim {
  readonly operationId: string;
  /** Order of request: a smaller one is ahead. */
  readonly seq: number;
  /** Whether it has left the line (dispatched or running) and holds its locks. */
  readonly holding: boolean;
  readonly locks: readonly Lock[];
}

export function conflict(a: readonly Lock[], b: readonly Lock[]): boolean {
  return a.some((one) =>
    b.some((other) => one.subject === other.subject && (one.mode === 'EXCLUSIVE' || other.mode === 'EXCLUSIVE')),
  );
}

/**
 * Who stands in the way of `claim`: those that hold a conflicting lock, and those ahead in line that want one.
 * Because the order is total, there is never a circle; because nobody overtakes a conflicting claim, nobody starves.
 */
export function blockers(claim: Claim, others: readonly Claim[]): readonly Claim[] {
  return others
    .filter((other) => other.operationId !== claim.operationId)
    .filter((other) => other.holding || other.seq < claim.seq)
    .filter((other) => conflict(claim.locks, other.locks))
    .sort((a, b) => a.seq - b.seq);
}
