import { describe, expect, it } from 'vitest';
import { certId, isWithin, parseCertId, pastWindow, pollAgainAfterMs, suggestedWindow } from './ari.js';
import { validityFrom } from './issued-certificates.js';
import { Random } from './random.js';

const HOUR_MS = 3_600_000;
const NOW = Date.UTC(2026, 5, 1);

describe('certId', () => {
  it('is the one of RFC 9773 §4.1', () => {
    expect(certId('69885B6B87464041E1B37B847BA0AE2CDE01C8D4', '87654321')).toBe('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
  });

  it.each(['03a7', '7fffff', '80', 'ff00', '0123456789abcdef'])('comes back from its own text: %s', (serial) => {
    expect(parseCertId(certId('aabbcc', serial))).toEqual({ authorityKeyId: 'aabbcc', serial });
  });

  it.each(['', 'a', 'a.b.c', 'a=.b', '.AIdlQyE', 'aYhba4dGQEHhs3uEe6CuLN4ByNQ', 'aYhba4dGQEHhs3uEe6CuLN4ByNR.AIdlQyE'])(
    'is not read from %s',
    (text) => {
      expect(parseCertId(text)).toBeUndefined();
    },
  );
});

describe('suggestedWindow', () => {
  it.each([
    [90 * 24, 60 * 24, 21.6],
    [64 * 24, (64 * 24 * 2) / 3, 15.36],
    [45 * 24, 30 * 24, 10.8],
    [160, 80, 1.6],
  ])('of %i hours is around hour %d, %d to each side', (life, ideal, margin) => {
    const { notBefore, notAfter } = validityFrom(NOW, life * HOUR_MS);
    const { start, end } = suggestedWindow(notBefore, notAfter);
    // notAfter is a second before the end of the life, and so is everything that is counted back from it.
    expect(start - notBefore).toBeCloseTo((ideal - margin) * HOUR_MS - 1_000, 0);
    expect(end - notBefore).toBeCloseTo((ideal + margin) * HOUR_MS - 1_000, 0);
  });

  it('includes its start and not its end', () => {
    const window = { start: 10, end: 20 };
    expect([9, 10, 19, 20].map((now) => isWithin(window, now))).toEqual([false, true, true, false]);
  });

  it('has passed for what is revoked', () => {
    const window = pastWindow(NOW);
    expect(window).toEqual({ start: NOW - HOUR_MS, end: NOW - HOUR_MS / 2 });
    expect(isWithin(window, NOW)).toBe(false);
  });
});

describe('pollAgainAfterMs', () => {
  it('is six hours, a fifth more or less, in whole seconds', () => {
    const random = new Random(7);
    const all = Array.from({ length: 1_000 }, () => pollAgainAfterMs(random) / HOUR_MS);
    expect(Math.min(...all)).toBeGreaterThanOrEqual(4.8);
    expect(Math.max(...all)).toBeLessThanOrEqual(7.2);
    expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(2);
    expect(pollAgainAfterMs(random) % 1_000).toBe(0);
  });
});
