import { describe, expect, it } from 'vitest';
import { unifiedDiff } from './unified-diff.js';

const lines = (...texts: readonly string[]): string => texts.map((text) => `${text}\n`).join('');
const numbers = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

describe('a unified difference', () => {
  it('is empty where nothing differs', () => {
    expect(unifiedDiff('a\n', 'a\n', 1_000)).toBe('');
  });

  it('shows a changed line between three lines of context, as diff -u does', () => {
    const before = lines(...numbers(1, 9));
    expect(unifiedDiff(before, before.replace('5', 'five'), 1_000)).toBe(
      lines('@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'),
    );
  });

  it('keeps distant changes apart', () => {
    const before = lines(...numbers(1, 20));
    const after = lines('0', ...numbers(1, 19));
    expect(unifiedDiff(before, after, 1_000)).toBe(
      lines('@@ -1,3 +1,4 @@', '+0', ' 1', ' 2', ' 3', '@@ -17,4 +18,3 @@', ' 17', ' 18', ' 19', '-20'),
    );
  });

  it('shows a file that is not there, or should not be, as a whole', () => {
    expect(unifiedDiff('', 'a\nb\n', 1_000)).toBe(lines('@@ -0,0 +1,2 @@', '+a', '+b'));
    expect(unifiedDiff('a\nb\n', '', 1_000)).toBe(lines('@@ -1,2 +0,0 @@', '-a', '-b'));
  });

  it('says that the last line has no end', () => {
    expect(unifiedDiff('a', 'a\n', 1_000)).toBe(lines('@@ -1,1 +1,1 @@', '-a', '\\ No newline at end of file', '+a'));
  });

  it('is cut at its bound, and says so', () => {
    const diff = unifiedDiff('', lines(...numbers(1, 1_000)), 200);
    expect(diff.length).toBeLessThan(300);
    expect(diff).toMatch(/^\\ \d+ more lines are not shown\n$/m);
  });

  it('does not take for ever with long texts that have nothing in common', () => {
    const long = (sign: string): string => lines(...numbers(1, 5_000).map((number) => sign + number));
    expect(unifiedDiff(long('a'), long('b'), 50_000)).toContain('@@ -1,5000 +1,5000 @@');
  });
});
