import { columns } from '../columns.js';
import { attemptAt, type RenewOutcome, type RenewResult } from './renew-outcome.js';

const WORDS: Readonly<Record<RenewResult, string>> = {
  RENEWED: 'renewed',
  FAILED: 'FAILED',
  WOULD_RENEW: 'would be renewed',
  NOT_DUE: 'not due',
  FAILED_BEFORE: 'FAILED before',
  WAITS: 'waits',
  NOT_ISSUED: 'not issued yet',
};

/** The table of what was done, and of what needs somebody; certificates that are well and not due are counted. Pure. */
export function renewReport(outcomes: readonly RenewOutcome[], dryRun: boolean, now: Date): string {
  const told = outcomes.filter(({ result, certificate }) => result !== 'NOT_DUE' || certificate.renewal.alarm !== null);
  const quiet = outcomes.filter((outcome) => !told.includes(outcome));
  const rows = told.map(({ certificate, result, note }) => [
    certificate.names[0] ?? certificate.id,
    certificate.provider,
    WORDS[result],
    certificate.notAfter?.slice(0, 16).replace('T', ' ') ?? '-',
    [note, alarmOf(certificate.renewal)].filter((text) => text !== null).join(' ') || '-',
  ]);
  const table = rows.length === 0 ? [] : columns([['NAME', 'PROVIDER', 'RESULT', 'UNTIL (UTC)', 'NOTE'], ...rows]);
  return [...table, summary(outcomes, quiet, dryRun, now), ''].join('\n');
}

/** 0: all is well, or waits for its turn at the CA or for its DNS. 1: something failed, or an alarm stands. (2 is for what could not run at all.) */
export function exitCode(outcomes: readonly RenewOutcome[]): 0 | 1 {
  const isWell = ({ result, certificate }: RenewOutcome): boolean =>
    result !== 'FAILED' && result !== 'FAILED_BEFORE' && (result === 'RENEWED' || certificate.renewal.alarm === null);
  return outcomes.every(isWell) ? 0 : 1;
}

function summary(
  outcomes: readonly RenewOutcome[],
  quiet: readonly RenewOutcome[],
  dryRun: boolean,
  now: Date,
): string {
  const count = (result: RenewResult): number => outcomes.filter((outcome) => outcome.result === result).length;
  const done = dryRun
    ? `${count('WOULD_RENEW')} would be renewed`
    : `${count('RENEWED')} renewed, ${count('FAILED') + count('FAILED_BEFORE')} failed`;
  const others = (
    [
      ['WAITS', 'waiting'],
      ['NOT_ISSUED', 'not issued yet'],
    ] as const
  )
    .filter(([result]) => count(result) > 0)
    .map(([result, word]) => `, ${count(result)} ${word}`);
  const next = quiet
    .map(({ certificate }) => attemptAt(certificate))
    .filter((at) => at !== null)
    .filter((at) => new Date(at) > now)
    .sort()[0];
  return `${done}${others.join('')}, ${quiet.length} not due${next === undefined ? '' : `, the next on ${next.slice(0, 10)}`}.`;
}

function alarmOf({ alarm }: RenewOutcome['certificate']['renewal']): string | null {
  return alarm === null ? null : `${alarm.level}: ${alarm.message}`;
}
