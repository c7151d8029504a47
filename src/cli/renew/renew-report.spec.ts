import { describe, expect, it } from 'vitest';
import type { ListedCertificate, RenewOutcome } from './renew-outcome.js';
import { exitCode, renewReport } from './renew-report.js';

const aCertificate = (name: string, renewal: Partial<ListedCertificate['renewal']> = {}): ListedCertificate => ({
  id: name,
  clientId: 'a',
  names: [name, `www.${name}`],
  provider: 'SELF_SIGNED',
  notAfter: '2027-03-04T05:06:07.000Z',
  renewal: {
    dueAt: '2027-02-03T00:00:00.000Z',
    nextAttemptAt: null,
    failures: 0,
    waitsFor: null,
    alarm: null,
    ...renewal,
  },
});
const NOW = new Date('2026-12-01T00:00:00.000Z');
const quiet: RenewOutcome = { certificate: aCertificate('quiet.test'), result: 'NOT_DUE', note: null };
const renewed: RenewOutcome = { certificate: aCertificate('a-longer-name.test'), result: 'RENEWED', note: null };
const failed: RenewOutcome = { certificate: aCertificate('b.test'), result: 'FAILED', note: 'The disk is full.' };
const alarm = { level: 'CRITICAL', message: 'It expires soon.' };
const alarming: RenewOutcome = { certificate: aCertificate('c.test', { alarm }), result: 'NOT_DUE', note: null };

describe('what hler renew says', () => {
  it('is one line when nothing was due', () => {
    expect(renewReport([quiet], false, NOW)).toBe('0 renewed, 0 failed, 1 not due, the next on 2027-02-03.\n');
    expect(renewReport([], false, NOW)).toBe('0 renewed, 0 failed, 0 not due.\n');
  });

  it('names no day that has passed, of one that nobody is shown any more, and tells of what waits', () => {
    const unused = { ...quiet, certificate: aCertificate('gone.test', { dueAt: '2026-11-01T00:00:00.000Z' }) };
    expect(renewReport([unused], false, NOW)).toBe('0 renewed, 0 failed, 1 not due.\n');
    const waits: RenewOutcome = { certificate: aCertificate('w.test'), result: 'WAITS', note: 'Until tomorrow.' };
    expect(renewReport([unused, waits], false, NOW)).toBe(
      `NAME    PROVIDER     RESULT  UNTIL (UTC)       NOTE
w.test  SELF_SIGNED  waits   2027-03-04 05:06  Until tomorrow.
0 renewed, 0 failed, 1 waiting, 1 not due.
`,
    );
  });

  it('is a table of what was done and of what needs somebody', () => {
    expect(renewReport([quiet, renewed, failed, alarming], false, NOW)).toBe(
      `NAME                PROVIDER     RESULT   UNTIL (UTC)       NOTE
a-longer-name.test  SELF_SIGNED  renewed  2027-03-04 05:06  -
b.test              SELF_SIGNED  FAILED   2027-03-04 05:06  The disk is full.
c.test              SELF_SIGNED  not due  2027-03-04 05:06  CRITICAL: It expires soon.
1 renewed, 1 failed, 1 not due, the next on 2027-02-03.
`,
    );
  });

  it.each([
    [[], 0],
    [[quiet, renewed], 0],
    [[renewed, failed], 1],
    [[alarming], 1],
    [[{ ...quiet, result: 'FAILED_BEFORE' as const }], 1],
    [[{ ...quiet, result: 'WAITS' as const }], 0],
    [[{ ...quiet, result: 'NOT_ISSUED' as const }], 0],
    [[{ ...alarming, result: 'WAITS' as const }], 1],
  ])('ends with the exit code for %o', (outcomes, code) => {
    expect(exitCode(outcomes)).toBe(code);
  });
});
