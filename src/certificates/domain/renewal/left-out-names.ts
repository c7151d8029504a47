import type { Certificate, RefusedName } from '../certificate.js';
import { uncovered } from '../check-material.js';
import { mayTryName, shouldAskAboutName } from './failing-names.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, after, earliest } from './life.js';

/** A name that a certificate was issued without, on its way back. */
export interface LeftOutName {
  readonly name: string;
  /** How often it was looked at since. */
  readonly checks: number;
  /** Null: not any more, it is for a person to say when. */
  readonly nextCheckAt: Date | null;
  /** When the CA has refused it since, in order. */
  readonly failures: readonly Date[];
}

/** What is remembered of the names that a certificate lacks. Plain data; kept in the database. */
export interface LeftOut {
  readonly names: readonly LeftOutName[];
  /** What is on the way for some of them: a look at them, or an order with them. */
  readonly work: LeftOutWork | null;
}

export interface LeftOutWork {
  readonly operationId: string;
  readonly type: 'CHECK' | 'ORDER';
  readonly names: readonly string[];
}

export const NOTHING_LEFT_OUT: LeftOut = { names: [], work: null };

/** To look costs nobody anything, but a name that was dead for days is not waited for by the minute. */
const PAUSES_MS = [10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS] as const;
/** The CA wants to hear from the owner of the account first. */
const FOR_A_PERSON: ReadonlySet<string> = new Set(['NAME_PAUSED']);

type Missing = Pick<RefusedName, 'name' | 'foreseen'> & { readonly cause: string | null };

/** Names that a CA was asked for and that are not in it, with why as far as it is known; of one that never came to be, all of them. */
export function missingNames({
  provider,
  status,
  names,
  requestedNames,
  refusedNames,
}: Certificate): readonly Missing[] {
  if (provider !== 'ACME') {
    return [];
  }
  const known = new Map(refusedNames.map((one) => [one.name, one]));
  return uncovered(status === 'FAILED' ? [] : names, requestedNames).map(
    (name) => known.get(name) ?? { name, cause: null },
  );
}

/** When names that have just failed are looked at for the first time. */
export function firstCheck(now: Date): Date {
  return after(now, PAUSES_MS[0]);
}

/** The names that are missing now: those that are known go on, new ones begin, and what is not missing any more is forgotten. */
export function followed(leftOut: LeftOut, missing: readonly Missing[], now: Date): LeftOut {
  const known = new Map(leftOut.names.map((one) => [one.name, one]));
  const names = missing.map(
    ({ name, cause, foreseen }): LeftOutName =>
      known.get(name) ?? {
        name,
        checks: 0,
        nextCheckAt: cause !== null && FOR_A_PERSON.has(cause) ? null : firstCheck(now),
        failures: foreseen === true ? [] : [now],
      },
  );
  return { ...leftOut, names };
}

/** Those to be looked at now. */
export function toCheck({ names }: LeftOut, now: Date): readonly string[] {
  return names.filter(({ nextCheckAt }) => nextCheckAt !== null && nextCheckAt <= now).map(({ name }) => name);
}

/** When the next one is to be looked at; null: none is. */
export function nextCheck({ names }: LeftOut): Date | null {
  return earliest(names.map(({ nextCheckAt }) => nextCheckAt));
}

/**
 * They were looked at: nothing certain speaks against those that `passed`, which may be ordered as soon as the CA may be asked about
 * them again. The others wait for longer each time.
 */
export function afterCheck(
  leftOut: LeftOut,
  checked: readonly string[],
  passed: readonly string[],
  now: Date,
): LeftOut {
  return changed(leftOut, checked, (one) =>
    passed.includes(one.name) ? { ...one, nextCheckAt: askAgainAt(one.failures, now) } : paused(one, now),
  );
}

/** Of names that have passed: those that may be put before the CA now. */
export function toOrder({ names }: LeftOut, passed: readonly string[], now: Date): readonly string[] {
  return names
    .filter(({ name, nextCheckAt }) => passed.includes(name) && nextCheckAt !== null && nextCheckAt <= now)
    .map(({ name }) => name);
}

/** They were ordered, and are missing still: `refused` by the CA, or because of something else. */
export function afterOrder(
  leftOut: LeftOut,
  ordered: readonly string[],
  refused: readonly string[],
  now: Date,
): LeftOut {
  return changed(leftOut, ordered, (one) => {
    const next = paused(one, now);
    const failures = refused.includes(one.name) ? [...one.failures, now] : one.failures;
    return { ...next, failures, nextCheckAt: latest(next.nextCheckAt, askAgainAt(failures, now)) };
  });
}

/** They cannot be ordered before this moment. */
export function heldUntil(leftOut: LeftOut, held: readonly string[], until: Date): LeftOut {
  return changed(leftOut, held, (one) => ({ ...one, nextCheckAt: until }));
}

function changed(leftOut: LeftOut, some: readonly string[], change: (one: LeftOutName) => LeftOutName): LeftOut {
  return { ...leftOut, names: leftOut.names.map((one) => (some.includes(one.name) ? change(one) : one)) };
}

function paused(one: LeftOutName, now: Date): LeftOutName {
  const checks = one.checks + 1;
  return { ...one, checks, nextCheckAt: after(now, PAUSES_MS[checks] ?? DAY_MS) };
}

/** Null: it has failed for so long that nobody waits for it. */
function askAgainAt(failures: readonly Date[], now: Date): Date | null {
  return shouldAskAboutName(failures, false, now) ? null : mayTryName(failures, now);
}

function latest(one: Date | null, other: Date | null): Date | null {
  return one === null || other === null ? null : new Date(Math.max(one.getTime(), other.getTime()));
}
