import { describe, expect, it } from 'vitest';
import type { AcmeNotIssued } from '../../src/certificates/domain/acme/issue-outcome.js';
import { later, NEVER } from '../../src/shared/failure.js';
import { notIssuedError } from './acme-failure.js';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const MINUTE_MS = 60_000;
const at = (minutes: number): string => new Date(NOW.getTime() + minutes * MINUTE_MS).toISOString();

const anOutcome = (more: Partial<AcmeNotIssued>): AcmeNotIssued => ({
  status: 'NOT_ISSUED',
  problems: [],
  unaffected: [],
  retryAt: null,
  caSide: true,
  orderKept: false,
  ...more,
});

describe('the failure of an order', () => {
  it.each([
    [
      'the only CA is waited for as it asks',
      anOutcome({ retryAt: at(600) }),
      false,
      'ACME_UNAVAILABLE',
      later(36_000_000),
    ],
    [
      'one of several for a quarter of an hour',
      anOutcome({ retryAt: at(600) }),
      true,
      'ACME_UNAVAILABLE',
      later(900_000),
    ],
    ['or less, when it asks for less', anOutcome({ retryAt: at(1) }), true, 'ACME_UNAVAILABLE', later(60_000)],
    ['and not at all when it is not going to mend', anOutcome({}), true, 'ACME_UNAVAILABLE', later(0)],
    ['the only one that is not going to mend is given up', anOutcome({}), false, 'ACME_REFUSED', NEVER],
    ['what the subscriber has to mend, no other CA mends', anOutcome({ caSide: false }), true, 'ACME_REFUSED', NEVER],
    [
      'nor does it come sooner for another CA',
      anOutcome({ caSide: false, retryAt: at(600) }),
      true,
      'ACME_REFUSED',
      later(36_000_000),
    ],
  ] as const)('%s', (_, outcome, mayAskAnother, code, retry) => {
    expect(notIssuedError(outcome, NOW, mayAskAnother)).toMatchObject({ code, retry });
  });
});
