import { describe, expect, it } from 'vitest';
import type { OperationFailure } from '../../../operations/index.js';
import { NEVER } from '../../../shared/failure.js';
import { caOfIssue, type IssueAttempts } from './ca-of-issue.js';
import { DAY_MS, MINUTE_MS, after } from './life.js';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const failure = (code: OperationFailure['code'], details = {}): OperationFailure => ({
  code,
  details,
  summary: '',
  hint: '',
  retry: NEVER,
  task: null,
});
const down = failure('ACME_UNAVAILABLE');

const attempts = (attempt: number, more: Partial<IssueAttempts> = {}): IssueAttempts => ({
  attempt,
  failure: attempt === 0 ? null : down,
  startedAt: after(NOW, -2 * MINUTE_MS),
  createdAt: NOW,
  ...more,
});

describe('caOfIssue', () => {
  it('asks each CA twice, in turn', () => {
    const asked = [0, 1, 2, 3, 4].map((attempt) => caOfIssue(attempts(attempt), null, 2, NOW));
    expect(asked).toEqual([0, 0, 1, 1, 0]);
    expect([0, 1, 2, 3].map((attempt) => caOfIssue(attempts(attempt), null, 1, NOW))).toEqual([0, 0, 0, 0]);
  });

  it('asks the second one after a quarter of an hour, or at once when little life is left', () => {
    expect(caOfIssue(attempts(1, { startedAt: after(NOW, -15 * MINUTE_MS) }), null, 2, NOW)).toBe(1);
    const littleLeft = { notBefore: after(NOW, -80 * DAY_MS), notAfter: after(NOW, 10 * DAY_MS) };
    expect([1, 2, 3].map((attempt) => caOfIssue(attempts(attempt), littleLeft, 2, NOW))).toEqual([1, 0, 1]);
  });

  it('asks nobody else for what the subscriber, a limit or this server is to blame for', () => {
    const limited = { problems: [{ cause: 'RATE_LIMITED_DOMAIN' }], caSide: true };
    for (const other of [failure('ACME_REFUSED'), failure('DISK_FULL'), failure('ACME_UNAVAILABLE', limited)]) {
      expect(caOfIssue(attempts(3, { failure: other }), null, 2, NOW)).toBe(0);
    }
    expect(caOfIssue(attempts(2, { failure: failure('ACME_REFUSED', { caSide: true }) }), null, 2, NOW)).toBe(1);
  });
});
