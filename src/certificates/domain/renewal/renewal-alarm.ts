import { validityAt, type Validity } from '../validity.js';
import { momentWithLeft, shareLeft } from './life.js';

export const ALARM_LEVELS = ['WARNING', 'CRITICAL'] as const;
export type AlarmLevel = (typeof ALARM_LEVELS)[number];

export const ALARM_REASONS = [
  'EXPIRED',
  'EXPIRES_SOON',
  'NOT_RENEWED',
  'RENEWAL_FAILING',
  'SERVED_IS_ANOTHER',
] as const;
export type AlarmReason = (typeof ALARM_REASONS)[number];

export interface RenewalAlarm {
  readonly level: AlarmLevel;
  readonly reason: AlarmReason;
  readonly message: string;
}

export interface AlarmFacts {
  readonly validity: Validity;
  /** Hlér renews it by itself; otherwise a person has to. */
  readonly isAutomatic: boolean;
  readonly failures: number;
  /** What the last handshake found wrong; null when the stored certificate is served, or nobody has looked. */
  readonly servedProblem: string | null;
}

export const WARNING_LEFT = 0.25;
export const CRITICAL_LEFT = 0.1;
const FAILURES_TO_WARN = 3;

/** The worst that has to be said about a certificate that is in use; undefined when all is well. */
export function renewalAlarm(facts: AlarmFacts, now: Date): RenewalAlarm | undefined {
  return expired(facts, now) ?? servedIsAnother(facts) ?? littleLeft(facts, now) ?? failing(facts);
}

/** The next moment at which the alarm may change with time alone; null when it will not any more. */
export function nextThreshold(validity: Validity, now: Date): Date | null {
  for (const share of [WARNING_LEFT, CRITICAL_LEFT, 0]) {
    const moment = momentWithLeft(validity, share);
    if (moment > now) {
      return moment;
    }
  }
  return null;
}

/** Nobody has to be told yet: what others need more may go first. */
export function canWait(validity: Validity, now: Date): boolean {
  return shareLeft(validity, now) > WARNING_LEFT;
}

function expired({ validity }: AlarmFacts, now: Date): RenewalAlarm | undefined {
  return validityAt(validity, now) === 'EXPIRED'
    ? {
        level: 'CRITICAL',
        reason: 'EXPIRED',
        message: `It expired at ${validity.notAfter.toISOString()}; visitors are turned away.`,
      }
    : undefined;
}

function servedIsAnother({ servedProblem }: AlarmFacts): RenewalAlarm | undefined {
  return servedProblem === null
    ? undefined
    : { level: 'CRITICAL', reason: 'SERVED_IS_ANOTHER', message: `${servedProblem} Verify the site.` };
}

function littleLeft({ validity, isAutomatic }: AlarmFacts, now: Date): RenewalAlarm | undefined {
  const left = shareLeft(validity, now);
  if (left > WARNING_LEFT) {
    return undefined;
  }
  const until = validity.notAfter.toISOString();
  const todo = isAutomatic ? 'It should have been renewed; see its last attempt.' : 'Upload its successor.';
  return left > CRITICAL_LEFT
    ? {
        level: 'WARNING',
        reason: 'NOT_RENEWED',
        message: `A quarter of its life or less is left, until ${until}. ${todo}`,
      }
    : {
        level: 'CRITICAL',
        reason: 'EXPIRES_SOON',
        message: `A tenth of its life or less is left, until ${until}. ${todo}`,
      };
}

function failing({ failures }: AlarmFacts): RenewalAlarm | undefined {
  return failures < FAILURES_TO_WARN
    ? undefined
    : {
        level: 'WARNING',
        reason: 'RENEWAL_FAILING',
        message: `Its renewal has failed ${failures} times; see its last attempt.`,
      };
}
