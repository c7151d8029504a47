import { describe, expect, it } from 'vitest';
import { later } from '../../shared/failure.js';
import { MAX_ATTEMPTS, RETRIED_BY_SCHEDULE } from './advance.js';
import { fieldSource } from './field-source.js';
import type { Operation, OperationFailure } from './operation.js';
import type { RunnerEvent } from './runner-event.js';

const NOW = new Date('2026-06-01T12:00:00Z');
const failure: OperationFailure = {
  code: 'ACME_UNAVAILABLE',
  summary: 'The CA is away.',
  hint: '',
  task: null,
  retry: later(60_000),
};
const operation = { attempt: 1, input: {}, cancelRequestedAt: null } as Partial<Operation> as Operation;
const finished = { n: 1, at: NOW.toISOString(), type: 'finished', state: 'FAILED', failure, fields: [] } as const;

describe('the report that fields come with', () => {
  it('of a task that succeeded says what is new', () => {
    const event = { ...finished, type: 'task-finished', position: 0, status: 'SUCCESS', warnings: [] } as RunnerEvent;
    expect(fieldSource(operation, event, NOW)).toEqual({
      operation,
      takesBack: false,
      failure: null,
      nextAttemptAt: null,
    });
  });

  it('of a failure says why, what holds again, and when it is tried again', () => {
    const nextAttemptAt = new Date('2026-06-01T12:01:00Z');
    expect(fieldSource(operation, finished, NOW)).toEqual({ operation, takesBack: true, failure, nextAttemptAt });
  });

  it.each([
    ['it was tried often enough', { ...operation, attempt: MAX_ATTEMPTS }],
    ['a schedule does', { ...operation, input: { [RETRIED_BY_SCHEDULE]: true } }],
    ['a schedule does for this failure', { ...operation, input: { [RETRIED_BY_SCHEDULE]: [failure.code] } }],
    ['it is to be cancelled', { ...operation, cancelRequestedAt: NOW }],
  ])('of a failure promises no other attempt when %s', (_, of) => {
    expect(fieldSource(of, finished, NOW)).toMatchObject({ failure, nextAttemptAt: null });
  });

  it('of a cancelled operation is no failure', () => {
    const event = { ...finished, state: 'CANCELLED' } as const;
    expect(fieldSource(operation, event, NOW)).toMatchObject({ takesBack: true, failure: null, nextAttemptAt: null });
  });
});
