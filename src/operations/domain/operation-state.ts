export const OPERATION_STATES = [
  'QUEUED',
  'DISPATCHED',
  'RUNNING',
  'SUCCEEDED',
  'SUCCEEDED_WITH_WARNINGS',
  'FAILED',
  'CANCELLED',
  'TIMED_OUT',
] as const;

export type OperationState = (typeof OPERATION_STATES)[number];

export type EndState = 'SUCCEEDED' | 'SUCCEEDED_WITH_WARNINGS' | 'FAILED' | 'CANCELLED' | 'TIMED_OUT';

/**
 * The one transition table. Back to QUEUED: the runner was lost (its lease ran out), or the failure said that trying
 * again later can help. QUEUED → FAILED: no plan could be made. An end state is never left; a person's retry is a new
 * operation that names the old one.
 */
export const TRANSITIONS: Readonly<Record<OperationState, readonly OperationState[]>> = {
  QUEUED: ['DISPATCHED', 'CANCELLED', 'FAILED'],
  DISPATCHED: ['RUNNING', 'QUEUED', 'SUCCEEDED', 'SUCCEEDED_WITH_WARNINGS', 'FAILED', 'CANCELLED', 'TIMED_OUT'],
  RUNNING: ['QUEUED', 'SUCCEEDED', 'SUCCEEDED_WITH_WARNINGS', 'FAILED', 'CANCELLED', 'TIMED_OUT'],
  SUCCEEDED: [],
  SUCCEEDED_WITH_WARNINGS: [],
  FAILED: [],
  CANCELLED: [],
  TIMED_OUT: [],
};

export function mayBecome(from: OperationState, to: OperationState): boolean {
  return TRANSITIONS[from].includes(to);
}

export function hasEnded(state: OperationState): state is EndState {
  return TRANSITIONS[state].length === 0;
}

/** States that can be retried by a person. */
export function canBeRetried(state: OperationState): boolean {
  return state === 'FAILED' || state === 'TIMED_OUT' || state === 'CANCELLED';
}

export function hasSucceeded(state: OperationState): boolean {
  return state === 'SUCCEEDED' || state === 'SUCCEEDED_WITH_WARNINGS';
}
