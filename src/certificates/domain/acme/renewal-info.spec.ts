import { describe, expect, it } from 'vitest';
import { readRenewalInfo } from './renewal-info.js';

const NOW = new Date('2026-08-01T00:00:00.000Z');
const HOUR_MS = 3_600_000;
const suggestedWindow = { start: '2026-08-10T00:00:00Z', end: '2026-08-10T06:00:00+02:00' };

describe('renewal information of a CA', () => {
  it('is a window, and why', () => {
    expect(readRenewalInfo({ suggestedWindow, explanationURL: 'https://ca.test/why' }, undefined, NOW)).toEqual({
      window: { start: new Date('2026-08-10T00:00:00.000Z'), end: new Date('2026-08-10T04:00:00.000Z') },
      explanationUrl: 'https://ca.test/why',
      askAgainAt: new Date('2026-08-01T06:00:00.000Z'),
    });
  });

  it.each([
    ['nothing', undefined, 6 * HOUR_MS],
    ['two hours', 2 * HOUR_MS, 2 * HOUR_MS],
    ['a second', 1_000, 60_000],
    ['a month', 30 * 24 * HOUR_MS, 24 * HOUR_MS],
  ])('is asked for again when the CA says %s, but within a minute and a day', (_, askedMs, waitMs) => {
    const retryAfter = askedMs === undefined ? undefined : new Date(NOW.getTime() + askedMs);
    const info = readRenewalInfo({ suggestedWindow }, retryAfter, NOW);
    expect(info!.askAgainAt.getTime() - NOW.getTime()).toBe(waitMs);
  });

  it.each([
    ['nothing', undefined],
    ['a window without an end', { suggestedWindow: { start: suggestedWindow.start } }],
    ['no times', { suggestedWindow: { start: 'soon', end: 'later' } }],
    ['a window that ends before it starts', { suggestedWindow: { ...suggestedWindow, end: '2026-08-09T00:00:00Z' } }],
    ['a window of no length', { suggestedWindow: { ...suggestedWindow, end: suggestedWindow.start } }],
  ])('is none: %s', (_, json) => expect(readRenewalInfo(json, undefined, NOW)).toBeUndefined());
});
