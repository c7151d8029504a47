import { describe, expect, it } from 'vitest';
import { fileStem } from './file-stem.js';

const longest = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`;

describe('fileStem', () => {
  it('is the name itself, which people look for', () => {
    expect(fileStem('www.example.org')).toBe('www.example.org');
  });

  it('leaves room for an ending and for the suffix of a draft, however long the name', () => {
    expect(longest).toHaveLength(253);
    expect(`${fileStem(longest)}.conf.${'0'.repeat(36)}.new`.length).toBeLessThanOrEqual(255);
  });

  it('tells long names apart that begin alike, by what no name can have', () => {
    const other = `${longest.slice(0, -1)}e`;
    expect(fileStem(other)).not.toBe(fileStem(longest));
    expect(fileStem(longest)).toMatch(/^[a-c.]{180}~[0-9a-f]{16}$/);
  });
});
