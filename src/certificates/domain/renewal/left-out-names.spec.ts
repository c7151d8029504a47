import { describe, expect, it } from 'vitest';
import { aCertificate } from '../events/a-certificate.fixture.js';
import {
  NOTHING_LEFT_OUT,
  afterCheck,
  afterOrder,
  followed,
  heldUntil,
  missingNames,
  nextCheck,
  toCheck,
  toOrder,
  type LeftOut,
} from './left-out-names.js';
import { DAY_MS, HOUR_MS, MINUTE_MS, after } from './life.js';

const NOW = new Date('2026-06-01T12:00:00.000Z');
const foreseen = { name: 'dead.test', cause: 'NAME_NOT_IN_DNS', foreseen: true };
const atCa = { name: 'shut.test', cause: 'CONNECTION_REFUSED' };
const NAME = [foreseen.name];

const pauses = (from: LeftOut, fail: (leftOut: LeftOut, now: Date) => LeftOut, times: number): number[] => {
  let [leftOut, now] = [from, NOW];
  return Array.from({ length: times }, () => {
    const at = nextCheck(leftOut)!;
    const pause = at.getTime() - now.getTime();
    now = at;
    leftOut = fail(leftOut, now);
    return pause / MINUTE_MS;
  });
};

describe('names that are missing', () => {
  const refused = { ...foreseen, owner: 'YOUR_DNS', message: '', evidence: '', remedy: '', retryAt: null };
  const requestedNames = ['a.test', 'b.a.test', foreseen.name];

  it('are those that were asked for and are not covered, with why as far as it is known', () => {
    const lacking = aCertificate({ names: ['a.test'], requestedNames, refusedNames: [refused] });
    expect(missingNames(lacking)).toEqual([{ name: 'b.a.test', cause: null }, refused]);
    expect(missingNames({ ...lacking, names: ['a.test', '*.a.test'] })).toEqual([refused]);
    expect(missingNames({ ...lacking, requestedNames: ['a.test'] })).toEqual([]);
  });

  it('are all of one that never came to be, and none where no CA is asked', () => {
    const failed = aCertificate({ status: 'FAILED', names: requestedNames, requestedNames, refusedNames: [refused] });
    expect(missingNames(failed).map(({ name }) => name)).toEqual(requestedNames);
    expect(missingNames({ ...failed, provider: 'SELF_SIGNED' })).toEqual([]);
  });
});

describe('names that were left out', () => {
  it('are followed as long as they are missing, each from the moment at which it was first seen', () => {
    const first = followed(NOTHING_LEFT_OUT, [foreseen], NOW);
    const later = after(NOW, HOUR_MS);
    const both = followed(first, [foreseen, atCa], later);
    expect(both.names).toEqual([
      { name: 'dead.test', checks: 0, nextCheckAt: after(NOW, 10 * MINUTE_MS), failures: [] },
      { name: 'shut.test', checks: 0, nextCheckAt: after(later, 10 * MINUTE_MS), failures: [later] },
    ]);
    expect(followed(both, [atCa], later).names.map(({ name }) => name)).toEqual(['shut.test']);
    expect(followed(both, [], later)).toEqual(NOTHING_LEFT_OUT);
  });

  it('are looked at after ten minutes, an hour, six hours, and then daily', () => {
    const fails = (leftOut: LeftOut, now: Date) => afterCheck(leftOut, NAME, [], now);
    expect(pauses(followed(NOTHING_LEFT_OUT, [foreseen], NOW), fails, 6)).toEqual([10, 60, 360, 1440, 1440, 1440]);
  });

  it('are ordered as soon as they have passed, where the CA has not refused them too often', () => {
    const dueAt = after(NOW, 10 * MINUTE_MS);
    const leftOut = followed(NOTHING_LEFT_OUT, [foreseen, atCa], NOW);
    const names = ['dead.test', 'shut.test'];
    expect(toCheck(leftOut, NOW)).toEqual([]);
    expect(toCheck(leftOut, dueAt)).toEqual(names);
    expect(toOrder(afterCheck(leftOut, names, names, dueAt), names, dueAt)).toEqual(names);
    expect(toOrder(afterCheck(leftOut, names, NAME, dueAt), NAME, dueAt)).toEqual(NAME);
    const often = {
      ...leftOut,
      names: [{ name: 'dead.test', checks: 3, nextCheckAt: NOW, failures: [NOW, NOW, NOW, NOW] }],
    };
    const passed = afterCheck(often, NAME, NAME, dueAt);
    expect(toOrder(passed, NAME, dueAt)).toEqual([]);
    expect(nextCheck(passed)).toEqual(after(NOW, HOUR_MS));
  });

  it('that the CA goes on to refuse are put before it four times in any hour at most, and once a day in the end', () => {
    const refused = (leftOut: LeftOut, now: Date) => afterOrder(leftOut, NAME, NAME, now);
    const all = pauses(followed(NOTHING_LEFT_OUT, [foreseen], NOW), refused, 32);
    expect(all.slice(0, 5)).toEqual([10, 60, 360, 1440, 1440]);
    // What was not refused at the CA is no failure there.
    const start = followed(NOTHING_LEFT_OUT, [foreseen], NOW);
    expect(afterOrder(start, NAME, [], NOW).names[0]!.failures).toEqual([]);
  });

  it('are a matter for a person after thirty days of refusals, or when the CA says so', () => {
    const long = { ...NOTHING_LEFT_OUT, names: [{ ...followed(NOTHING_LEFT_OUT, [atCa], NOW).names[0]! }] };
    const later = after(NOW, 30 * DAY_MS);
    expect(nextCheck(afterOrder(long, ['shut.test'], ['shut.test'], later))).toBeNull();
    expect(nextCheck(followed(NOTHING_LEFT_OUT, [{ name: 'x.test', cause: 'NAME_PAUSED' }], NOW))).toBeNull();
  });

  it('wait for a limit of the CA', () => {
    const until = after(NOW, DAY_MS);
    expect(nextCheck(heldUntil(followed(NOTHING_LEFT_OUT, [foreseen], NOW), NAME, until))).toEqual(until);
  });
});
