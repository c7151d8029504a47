import { describe, expect, it } from 'vitest';
import { OPERATION_STATES, TRANSITIONS, canBeRetried, hasEnded, mayBecome } from './operation-state.js';

const ENDED = ['SUCCEEDED', 'SUCCEEDED_WITH_WARNINGS', 'FAILED', 'CANCELLED', 'TIMED_OUT'];

describe('operation states', () => {
  it('allow exactly these changes', () => {
    const allowed = OPERATION_STATES.flatMap((from) =>
      OPERATION_STATES.filter((to) => mayBecome(from, to)).map((to) => `${from} → ${to}`),
    );
    expect(allowed).toEqual([
      'QUEUED → DISPATCHED',
      'QUEUED → FAILED',
      'QUEUED → CANCELLED',
      'DISPATCHED → QUEUED',
      'DISPATCHED → RUNNING',
      ...ENDED.map((state) => `DISPATCHED → ${state}`),
      'RUNNING → QUEUED',
      ...ENDED.map((state) => `RUNNING → ${state}`),
    ]);
  });

  it('end in five ways and never leave an end', () => {
    expect(OPERATION_STATES.filter(hasEnded)).toEqual(ENDED);
  });

  it('can be retried when the work was not done', () => {
    expect(OPERATION_STATES.filter(canBeRetried)).toEqual(['FAILED', 'CANCELLED', 'TIMED_OUT']);
  });

  it('can all be reached from QUEUED', () => {
    const reached = new Set(['QUEUED']);
    for (const state of OPERATION_STATES) {
      TRANSITIONS[state].forEach((next) => reached.add(next));
    }
    expect([...reached].sort()).toEqual([...OPERATION_STATES].sort());
  });
});
