import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS, after } from './life.js';
import { renewalAlarm } from './renewal-alarm.js';
import { PROVIDER_KINDS } from '../provider-kinds/provider-kinds.js';
import { UNPLANNED, advised, planned } from './renewal-state.js';
import { renewalStep } from './renewal-step.js';

const START = new Date('2026-01-01T00:00:00Z');
const day = (days: number) => after(START, days * DAY_MS);
const validity = { notBefore: START, notAfter: day(90) };
const ACME = PROVIDER_KINDS.ACME.renewal;
const SELF_SIGNED = PROVIDER_KINDS.SELF_SIGNED.renewal;
const UPLOAD = PROVIDER_KINDS.UPLOAD.renewal;
const half = () => 0.5;
const window = { start: day(59), end: day(61) };
const advice = { window, askAgainAt: after(START, 6 * HOUR_MS) };

describe('the next step', () => {
  it('for one that nobody has planned is to plan it; for an upload to wait for its alarms, and then for nothing', () => {
    expect(renewalStep(SELF_SIGNED, UNPLANNED, validity, START)).toEqual({ action: 'PLAN' });
    expect(renewalStep(UPLOAD, UNPLANNED, validity, START)).toEqual({ action: 'WAIT', until: day(67.5) });
    expect(renewalStep(UPLOAD, UNPLANNED, validity, day(70))).toEqual({ action: 'WAIT', until: day(81) });
    expect(renewalStep(UPLOAD, UNPLANNED, validity, day(90))).toEqual({ action: 'WAIT', until: null });
  });

  it('without advice is to wait for its moment, and to renew from then on', () => {
    const state = planned(validity, false, START, () => 0);
    expect(renewalStep(SELF_SIGNED, state, validity, START)).toEqual({ action: 'WAIT', until: day(60) });
    expect(renewalStep(SELF_SIGNED, state, validity, day(60))).toEqual({ action: 'RENEW' });
    expect(renewalStep(SELF_SIGNED, state, validity, day(89))).toEqual({ action: 'RENEW' });
  });

  it('with advice is to ask, to ask again, once more five minutes before, and to renew in the window', () => {
    let state = planned(validity, true, START, half);
    expect(renewalStep(ACME, state, validity, START)).toEqual({ action: 'ASK_ADVICE' });
    state = advised(state, advice, validity, START, half);
    const at = day(59.75);
    expect(state.renewAt).toEqual(at);
    expect(renewalStep(ACME, state, validity, START)).toEqual({ action: 'WAIT', until: after(START, 6 * HOUR_MS) });
    state = advised(state, { window, askAgainAt: day(100) }, validity, after(at, -20 * HOUR_MS), half);
    expect(state.renewAt).toEqual(at);
    const before = after(at, -5 * MINUTE_MS);
    expect(renewalStep(ACME, state, validity, after(at, -HOUR_MS))).toEqual({ action: 'WAIT', until: before });
    expect(renewalStep(ACME, state, validity, before)).toEqual({ action: 'ASK_ADVICE' });
    state = advised(state, { window, askAgainAt: day(100) }, validity, before, half);
    expect(renewalStep(ACME, state, validity, before)).toEqual({ action: 'WAIT', until: at });
    expect(renewalStep(ACME, state, validity, at)).toEqual({ action: 'RENEW' });
  });

  it('after a window that has moved is another moment, and now when it moved into the past', () => {
    const state = advised(planned(validity, true, START, half), advice, validity, START, half);
    const moved = { start: day(70), end: day(72) };
    expect(advised(state, { ...advice, window: moved }, validity, day(10), () => 0).renewAt).toEqual(day(67.5));
    const past = { start: day(8), end: day(9) };
    const revoked = advised(state, { ...advice, window: past }, validity, day(10), half);
    expect(renewalStep(ACME, { ...revoked, nextAdviceAt: day(11) }, validity, day(10))).toEqual({ action: 'RENEW' });
  });

  it('of an issuer that does not answer is by its life, and it is asked again', () => {
    const state = advised(
      planned(validity, true, START, () => 0),
      null,
      validity,
      START,
      half,
    );
    expect(state).toMatchObject({ renewAt: day(60), nextAdviceAt: after(START, HOUR_MS / 2) });
  });
});

describe('the alarm', () => {
  const facts = { validity, isAutomatic: true, failures: 0, servedProblem: null };

  it.each([
    [day(60), {}, undefined],
    [day(67.4), {}, undefined],
    [day(67.5), {}, ['WARNING', 'NOT_RENEWED']],
    [day(81), {}, ['CRITICAL', 'EXPIRES_SOON']],
    [day(90), {}, ['CRITICAL', 'EXPIRED']],
    [day(10), { failures: 2 }, undefined],
    [day(10), { failures: 3 }, ['WARNING', 'RENEWAL_FAILING']],
    [day(10), { servedProblem: 'a.test shows another.' }, ['CRITICAL', 'SERVED_IS_ANOTHER']],
    [day(68), { isAutomatic: false }, ['WARNING', 'NOT_RENEWED']],
  ])('at %s with %o is %o', (now, more, expected) => {
    const alarm = renewalAlarm({ ...facts, ...more }, now);
    expect(alarm && [alarm.level, alarm.reason]).toEqual(expected);
  });
});
