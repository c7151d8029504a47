import type { Operation } from '../../../operations/index.js';
import type { Validity } from '../validity.js';
import { FAILURES_BEFORE_SWITCH, LITTLE_LEFT, shouldSwitchCa } from './ca-failover.js';
import { sideOfFailure } from './fault.js';
import { shareLeft } from './life.js';

export type IssueAttempts = Pick<Operation, 'attempt' | 'failure' | 'startedAt' | 'createdAt'>;

/**
 * Which CA of a chain of `cas` the next attempt of an issue asks, by the attempts that it has had; 0 is the first choice. An issue
 * has four, and nothing is remembered of it but its last failure: two go to each CA, or one when little life is left.
 * `validity` is that of the certificate that is served until then; null: there is none, and it can wait.
 */
export function caOfIssue(operation: IssueAttempts, validity: Validity | null, cas: number, now: Date): number {
  const { attempt, failure, startedAt, createdAt } = operation;
  if (attempt === 0 || failure === null || sideOfFailure(failure) !== 'CA') {
    return 0;
  }
  const left = validity === null ? 1 : shareLeft(validity, now);
  const each = left < LITTLE_LEFT ? 1 : FAILURES_BEFORE_SWITCH;
  const isTime = shouldSwitchCa({ count: attempt, firstAt: startedAt ?? createdAt }, left, now);
  return Math.max(Math.floor(attempt / each), isTime ? 1 : 0) % cas;
}
