import { describe, expect, it } from 'vitest';
import { newId } from '../../shared/ids.js';
import { toConnection } from './connection.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { readPage, selectPage, type PageInput } from './page.js';

const rows = Array.from({ length: 5 }, (_, index) => ({ id: newId(), name: `site${index + 1}` }));
const [one, two, three, four, five] = rows.map((row) => encodeCursor(row.id));

function connect(input: PageInput, from = rows) {
  const page = readPage(input);
  const { nodes, pageInfo } = toConnection(selectPage(from, page), page, () => from.length);
  return [nodes.map(({ name }) => name.slice(4)).join(''), pageInfo];
}

describe('toConnection', () => {
  it('walks forward', () => {
    expect(connect({ first: 2 })).toEqual([
      '12',
      { hasNextPage: true, hasPreviousPage: false, startCursor: one, endCursor: two },
    ]);
    expect(connect({ first: 2, after: two })).toEqual([
      '34',
      { hasNextPage: true, hasPreviousPage: true, startCursor: three, endCursor: four },
    ]);
    expect(connect({ first: 2, after: four })).toEqual([
      '5',
      { hasNextPage: false, hasPreviousPage: true, startCursor: five, endCursor: five },
    ]);
  });

  it('walks backward, and still answers in ascending order', () => {
    expect(connect({ last: 2 })).toEqual([
      '45',
      { hasNextPage: false, hasPreviousPage: true, startCursor: four, endCursor: five },
    ]);
    expect(connect({ last: 3, before: four })).toEqual([
      '123',
      { hasNextPage: true, hasPreviousPage: false, startCursor: one, endCursor: three },
    ]);
  });

  it('keeps between two cursors', () => {
    expect(connect({ first: 10, after: one, before: four })[0]).toBe('23');
  });

  it('goes on after a row that is gone meanwhile', () => {
    expect(connect({ first: 2, after: two }, rows.toSpliced(1, 1))[0]).toBe('34');
  });

  it('answers an empty list with no cursors', () => {
    expect(connect({}, [])).toEqual([
      '',
      { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    ]);
  });

  it('counts only when asked', async () => {
    let counted = 0;
    const connection = toConnection(rows, readPage({}), async () => (counted += 1));
    expect(counted).toBe(0);
    expect(await connection.totalCount).toBe(1);
  });
});

describe('readPage', () => {
  it('takes twenty by default, and reads one more to see whether more follow', () => {
    expect(readPage({ first: null })).toEqual({ direction: 'FORWARD', size: 20, take: 21, after: null, before: null });
  });

  it.each([
    [{ first: 0 }, 'first'],
    [{ first: 101 }, 'first'],
    [{ last: -1 }, 'last'],
    [{ first: 1, last: 1 }, 'last'],
  ])('refuses %j', (input, field) => {
    expect(() => readPage(input)).toThrow(
      expect.objectContaining({ code: 'INPUT_INVALID', details: expect.objectContaining({ field }) }),
    );
  });

  it.each(['', 'x', rows[0]?.id ?? '', Buffer.from('v2:x').toString('base64url'), 'A'.repeat(10_000)])(
    'refuses a cursor it did not make: %s',
    (after) => {
      expect(() => readPage({ after })).toThrow(expect.objectContaining({ code: 'CURSOR_INVALID' }));
    },
  );

  it('reads its own cursors', () => {
    const id = newId();
    expect(decodeCursor(encodeCursor(id), 'after')).toBe(id);
  });
});
