import { describe, expect, it } from 'vitest';
import type { FieldSource, OperationFailure } from '../../../operations/index.js';
import { isId, momentOf } from '../../../shared/ids.js';
import { DAY_MS, after } from '../renewal/life.js';
import { aCertificate } from './a-certificate.fixture.js';
import { changeEvent } from './change-event.js';
import { nextEventId } from './event-id.js';
import { eventFacts } from './event-facts.js';
import { expiryEvent } from './expiry-event.js';
import { failingEvent } from './failing-event.js';
import { isNews } from './is-news.js';
import { servedEvent } from './served-event.js';

const NOW = new Date('2026-07-01T00:00:00Z');
const RETRY = after(NOW, 60_000);

const failure: OperationFailure = {
  code: 'ACME_REFUSED',
  summary: 'b.test is not in the DNS.',
  hint: '',
  task: 'certificate.acme-issue',
  details: { problems: [{ cause: 'NAME_NOT_IN_DNS' }, { cause: 'CAA_FORBIDS' }, { cause: 'NAME_NOT_IN_DNS' }] },
  retry: { policy: 'NEVER' },
};

function by(kind: string, more: Partial<FieldSource> = {}): FieldSource {
  const operation = { id: 'operation', kind } as FieldSource['operation'];
  return { operation, takesBack: false, failure: null, nextAttemptAt: null, ...more };
}

const wanted = aCertificate({ status: 'PENDING', fingerprint: null, notBefore: null, notAfter: null });
const first = aCertificate();
const second = aCertificate({ fingerprint: '2'.repeat(64), notAfter: new Date('2026-10-30T00:00:00Z') });
const refused = { ...wanted, status: 'FAILED' } as const;

describe('a report about a certificate', () => {
  it('tells all of the first one in force', () => {
    expect(changeEvent(wanted, first, by('certificate.issue'))).toEqual({
      type: 'ISSUED',
      message: 'It is in force, until 2026-08-30T00:00:00.000Z.',
      details: {
        fingerprint: '1'.repeat(64),
        notAfter: '2026-08-30T00:00:00.000Z',
        operationId: 'operation',
        code: null,
        causes: [],
        nextAttemptAt: null,
        percentLeft: null,
      },
    });
  });

  it.each([
    ['one that had failed is made', refused, first, by('certificate.issue'), 'ISSUED'],
    ['one that was taken back is made again', { ...first, status: 'FAILED' }, first, by('certificate.issue'), 'ISSUED'],
    ['a successor', first, second, by('certificate.renew'), 'RENEWED'],
    ['a successor of one that was revoked', { ...first, status: 'REVOKED' }, second, by('x'), 'RENEWED'],
    ['an uploaded successor', first, second, by('certificate.upload'), 'RENEWED'],
    ['a rollback', second, first, by('certificate.rollback'), 'ROLLED_BACK'],
    ['an undone successor', second, first, by('certificate.renew', { takesBack: true, failure }), 'ROLLED_BACK'],
    ['a revocation', first, { ...first, status: 'REVOKED' }, by('certificate.revoke'), 'REVOKED'],
    ['a first one that fails', wanted, refused, by('x', { takesBack: true, failure }), 'FAILING'],
    [
      'a first one that is undone',
      first,
      { ...first, status: 'FAILED' },
      by('x', { takesBack: true, failure }),
      'FAILING',
    ],
    ['a first one that is cancelled', wanted, refused, by('x', { takesBack: true }), undefined],
    ['the same as before', first, first, by('site.verify'), undefined],
    ['what was in force, put back', first, first, by('certificate.renew', { takesBack: true, failure }), undefined],
    [
      'another word about a revoked one',
      { ...first, status: 'REVOKED' },
      { ...first, status: 'REVOKED' },
      by('x'),
      undefined,
    ],
  ] as const)('of %s is an event, or none', (_, before, now, source, type) => {
    expect(changeEvent(before, now, source)?.type).toBe(type);
  });

  it('tells why the first attempt failed, and when there is another', () => {
    const source = by('certificate.issue', { takesBack: true, failure, nextAttemptAt: RETRY });
    expect(changeEvent(wanted, refused, source)).toMatchObject({
      type: 'FAILING',
      message: 'b.test is not in the DNS.',
      details: {
        operationId: 'operation',
        code: 'ACME_REFUSED',
        causes: ['CAA_FORBIDS', 'NAME_NOT_IN_DNS'],
        nextAttemptAt: RETRY.toISOString(),
      },
    });
  });
});

describe('the life of a certificate', () => {
  it.each([
    [26, null],
    [25, 'EXPIRING 25'],
    [11, 'EXPIRING 25'],
    [10, 'EXPIRING 10'],
    [0.001, 'EXPIRING 10'],
    [-0.001, 'EXPIRED'],
  ])('with %d %% of it left is %s', (percent, expected) => {
    const now = after(first.notAfter!, -90 * DAY_MS * (percent / 100));
    const event = expiryEvent(first, now);
    expect(event && [event.type, event.details.percentLeft].filter((word) => word !== null).join(' ')).toBe(expected);
  });

  it('has not begun before it is made', () => {
    expect(expiryEvent(wanted, NOW)).toBeNull();
  });
});

describe('news', () => {
  const failing = (change: Partial<OperationFailure> = {}) =>
    failingEvent(first, { ...failure, ...change }, 'o', RETRY);
  const left = (percentLeft: number, of = first) => eventFacts('EXPIRING', of, '', { percentLeft });
  const expired = eventFacts('EXPIRED', first, '');
  const problem = servedEvent(first, 'a.test shows another.');
  const all = servedEvent(first, null);

  it.each([
    ['the first failure', failing(), null, true],
    ['the same failure', failing({ summary: 'In other words.' }), failing(), false],
    ['another code', failing({ code: 'ACME_UNAVAILABLE' }), failing(), true],
    ['another cause', failing({ details: { problems: [{ cause: 'CAA_FORBIDS' }] } }), failing(), true],
    ['a failure after a success', failing(), eventFacts('RENEWED', first, ''), true],
    ['a quarter left', left(25), null, true],
    ['a quarter left, again', left(25), left(25), false],
    ['a tenth left', left(10), left(25), true],
    ['a quarter left, after a tenth', left(25), left(10), false],
    ['a quarter left of a successor', left(25, second), left(10), true],
    ['a quarter left of what has expired', left(25), expired, false],
    ['the end', expired, null, true],
    ['the end, again', expired, expired, false],
    ['a mismatch', problem, null, true],
    ['a mismatch, again', servedEvent(first, 'www.a.test shows another.'), problem, false],
    ['a mismatch after a recovery', problem, all, true],
    ['a recovery', all, problem, true],
    ['that all is well still', all, all, false],
    ['that all is well from the beginning', all, null, false],
    ['any renewal', eventFacts('RENEWED', first, ''), null, true],
  ])('%s', (_, event, newest, expected) => {
    expect(isNews(event, newest)).toBe(expected);
  });
});

describe('the id of an event', () => {
  it('has its moment, and comes after the last one even when a clock is behind', () => {
    const one = nextEventId(NOW, null);
    const sameMoment = nextEventId(NOW, one);
    const behind = nextEventId(after(NOW, -DAY_MS), sameMoment);
    const later = nextEventId(after(NOW, DAY_MS), behind);
    expect([one, sameMoment, behind, later].toSorted()).toEqual([one, sameMoment, behind, later]);
    expect([one, sameMoment, behind, later].every(isId)).toBe(true);
    expect([momentOf(one), momentOf(behind), momentOf(later)]).toEqual([NOW, after(NOW, 2), after(NOW, DAY_MS)]);
  });
});
