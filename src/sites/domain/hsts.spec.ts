import { describe, expect, it } from 'vitest';
import {
  changedHttps,
  LONGEST_HSTS_SECONDS,
  promisedUntilAfter,
  type HttpsChange,
  type HttpsState,
  type HttpsWish,
} from './hsts.js';

const now = new Date('2030-01-01T00:00:00Z');
const changed = (before: HttpsWish & Partial<HttpsState>, change: HttpsChange, at: Date) =>
  changedHttps({ hstsSaid: null, ...before }, change, at);
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const wish = (changes: Partial<HttpsWish> = {}): HttpsWish => ({
  https: 'REQUIRED',
  hstsMaxAge: null,
  hstsPromisedUntil: null,
  ...changes,
});
const promising = wish({ hstsMaxAge: 3600 });
const takenBack = wish({ hstsMaxAge: 0, hstsPromisedUntil: later(3600) });
const refusal = (code: string) => expect.objectContaining({ code }) as Error;

describe('HSTS', () => {
  it('can be promised as long as there is HTTPS', () => {
    expect(changed(wish(), { hstsMaxAge: 3600 }, now)).toEqual(promising);
    const off = wish({ https: 'DISABLED' });
    expect(changed(off, { https: 'ENABLED', hstsMaxAge: 60 }, now)).toEqual(wish({ https: 'ENABLED', hstsMaxAge: 60 }));
    expect(() => changed(off, { hstsMaxAge: 60 }, now)).toThrow(refusal('HSTS_NEEDS_HTTPS'));
    expect(() => changed(wish(), { https: 'DISABLED', hstsMaxAge: 60 }, now)).toThrow(refusal('HSTS_NEEDS_HTTPS'));
    expect(changed(off, { hstsMaxAge: 0 }, now)).toEqual({ ...off, hstsMaxAge: 0 });
  });

  it.each([-1, 1.5, Number.NaN, LONGEST_HSTS_SECONDS + 1])('is not for %d seconds', (hstsMaxAge) => {
    expect(() => changed(wish(), { hstsMaxAge }, now)).toThrow(refusal('INPUT_INVALID'));
  });

  it('stays as it is when nothing is said about it', () => {
    for (const before of [wish(), promising, takenBack, wish({ https: 'DISABLED', hstsPromisedUntil: later(60) })]) {
      expect(changed(before, {}, now)).toEqual(before);
      expect(changed(before, { https: before.https, hstsMaxAge: before.hstsMaxAge }, now)).toEqual(before);
    }
    expect(changed(promising, { https: 'ENABLED' }, now)).toEqual({ ...promising, https: 'ENABLED' });
  });

  it('keeps in mind until when the longest promise holds', () => {
    expect(changed(promising, { hstsMaxAge: 0 }, now)).toEqual(takenBack);
    const shorter = changed(promising, { hstsMaxAge: 60 }, now);
    expect(shorter).toEqual(wish({ hstsMaxAge: 60, hstsPromisedUntil: later(3600) }));
    expect(changed(shorter, { hstsMaxAge: 0 }, now)).toEqual(takenBack);
    expect(changed(shorter, { hstsMaxAge: 7200 }, now).hstsPromisedUntil).toEqual(later(3600));
    const again = changed(takenBack, { hstsMaxAge: 7200 }, now);
    expect(changed(again, { hstsMaxAge: 0 }, later(60)).hstsPromisedUntil).toEqual(later(7260));
  });

  it.each([
    [promising, { https: 'DISABLED' }],
    [promising, { https: 'DISABLED', hstsMaxAge: 0 }],
    [promising, { hstsMaxAge: null }],
    [takenBack, { https: 'DISABLED' }],
    [takenBack, { hstsMaxAge: null }],
    [promising, { hstsMaxAge: null, breakHstsPromise: true }],
  ] as const)('is not broken: %j, %j', (before, change) => {
    expect(() => changed(before, change, now)).toThrow(
      expect.objectContaining({
        code: 'HSTS_PROMISED',
        details: { hstsPromisedUntil: '2030-01-01T01:00:00.000Z' },
      }),
    );
  });

  it('is over when the last browser has forgotten it', () => {
    const off = { https: 'DISABLED' } as const;
    expect(changed(takenBack, off, later(3600))).toEqual({ ...takenBack, ...off });
    expect(changed(takenBack, { hstsMaxAge: null }, later(3600)).hstsMaxAge).toBeNull();
  });

  it('is broken by who says so, and not forgotten', () => {
    const change = { https: 'DISABLED', breakHstsPromise: true } as const;
    const broken = { https: 'DISABLED' as const, hstsMaxAge: null, hstsPromisedUntil: later(3600) };
    expect(changed(promising, change, now)).toEqual(broken);
    expect(changed(takenBack, change, now)).toEqual({ ...broken, hstsMaxAge: 0 });
    const kept = changed(broken, { https: 'ENABLED' }, now);
    expect(kept).toEqual({ ...broken, https: 'ENABLED' });
    expect(() => changed(kept, { https: 'DISABLED' }, now)).toThrow(refusal('HSTS_PROMISED'));
  });

  it('is not over while the server says it still, because no operation has succeeded', () => {
    const failed = { ...takenBack, hstsPromisedUntil: now, hstsSaid: 3600 };
    expect(() => changed(failed, { https: 'DISABLED' }, now)).toThrow(
      expect.objectContaining({ code: 'HSTS_PROMISED', details: { hstsPromisedUntil: '2030-01-01T01:00:00.000Z' } }),
    );
    expect(promisedUntilAfter(failed, 0, later(60))).toEqual(later(3660));
    expect(promisedUntilAfter(failed, null, later(60))).toEqual(later(3660));
    expect(promisedUntilAfter({ ...failed, hstsPromisedUntil: later(9999) }, 0, now)).toEqual(later(9999));
    for (const said of [3600, 7200]) {
      expect(promisedUntilAfter(failed, said, later(60))).toEqual(now);
    }
    expect(promisedUntilAfter({ ...wish(), hstsSaid: null }, 60, now)).toBeNull();
  });
});
