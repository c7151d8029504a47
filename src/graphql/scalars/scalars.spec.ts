import { parseValue } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DateTimeScalar } from './date-time.js';
import { JsonScalar } from './json.js';
import { SafeIntScalar } from './safe-int.js';
import { SecretScalar } from './secret.js';

describe('DateTime', () => {
  it('answers UTC with milliseconds', () => {
    expect(DateTimeScalar.serialize(new Date(Date.UTC(2026, 0, 31, 9, 30)))).toBe('2026-01-31T09:30:00.000Z');
  });

  it('reads any offset', () => {
    expect(DateTimeScalar.parseValue('2026-01-31T11:30:00+02:00')).toEqual(new Date('2026-01-31T09:30:00Z'));
    expect(DateTimeScalar.parseLiteral(parseValue('"2026-01-31T09:30Z"'), {})).toEqual(new Date('2026-01-31T09:30Z'));
  });

  it.each([
    '2026-01-31',
    '2026-01-31T09:30:00',
    '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z',
    'now',
    '',
    1767000000,
    null,
  ])('refuses %s', (value) => {
    expect(() => DateTimeScalar.parseValue(value)).toThrow('DateTime must be ISO 8601');
  });

  it('does not answer what is not a date', () => {
    expect(() => DateTimeScalar.serialize(new Date(Number.NaN))).toThrow('valid Date');
    expect(() => DateTimeScalar.serialize('2026-01-31')).toThrow('valid Date');
  });
});

describe('JSON', () => {
  it('passes plain data through, literals included', () => {
    const value = { field: 'name', tries: [1, null, true] };
    expect(JsonScalar.serialize(value)).toBe(value);
    expect(JsonScalar.parseLiteral(parseValue('{ field: "name", tries: [1, null, true] }'), {})).toEqual(value);
  });

  it.each([new Date(), () => 1, Number.NaN, { at: new Date() }, [1n]])(
    'refuses what JSON would change: %s',
    (value) => {
      expect(() => JsonScalar.serialize(value)).toThrow('JSON must be made of');
    },
  );
});

describe('SafeInt', () => {
  it('passes bytes past 32 bits as numbers', () => {
    expect(SafeIntScalar.serialize(9_007_199_254_740_991n)).toBe(9_007_199_254_740_991);
    expect(SafeIntScalar.parseLiteral(parseValue('5000000000'), {})).toBe(5_000_000_000);
  });

  it.each([1.5, 2 ** 53, 2n ** 60n, '12', null])('refuses %s', (value) => {
    expect(() => SafeIntScalar.parseValue(value)).toThrow('SafeInt must be');
  });
});

describe('Secret', () => {
  it('is wrapped as it comes in, and never goes out', () => {
    expect(SecretScalar.parseValue('s3cret').reveal()).toBe('s3cret');
    expect(SecretScalar.parseLiteral(parseValue('"s3cret"'), {}).reveal()).toBe('s3cret');
    expect(() => SecretScalar.serialize(SecretScalar.parseValue('s3cret'))).toThrow('never answered');
  });

  it.each([[['s3cret']], [{ key: 's3cret' }], [12], [null]])('does not repeat what it refuses', (value) => {
    expect(() => SecretScalar.parseValue(value)).toThrow(/^Secret must be text\.$/);
  });
});
