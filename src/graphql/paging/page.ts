import { DomainError } from '../../shared/domain-error.js';
import type { Page } from '../../shared/page.js';
import { decodeCursor } from './cursor.js';

export const DEFAULT_PAGE_SIZE = 20;
export const MAX_PAGE_SIZE = 100;

export interface PageInput {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** @throws DomainError CURSOR_INVALID, INPUT_INVALID with details.field */
export function readPage({ first, after, last, before }: PageInput): Page {
  if (typeof first === 'number' && typeof last === 'number') {
    throw new DomainError('INPUT_INVALID', 'Give "first" or "last", not both.', { details: { field: 'last' } });
  }
  const backward = typeof last === 'number';
  const size = backward ? checkedSize('last', last) : checkedSize('first', first ?? DEFAULT_PAGE_SIZE);
  return {
    direction: backward ? 'BACKWARD' : 'FORWARD',
    size,
    take: size + 1,
    after: typeof after === 'string' ? decodeCursor(after, 'after') : null,
    before: typeof before === 'string' ? decodeCursor(before, 'before') : null,
  };
}

function checkedSize(field: 'first' | 'last', size: number): number {
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE_SIZE) {
    throw new DomainError('INPUT_INVALID', `"${field}" must be between 1 and ${MAX_PAGE_SIZE}; it is ${size}.`, {
      details: { field, min: 1, max: MAX_PAGE_SIZE },
    });
  }
  return size;
}

/** The rows that a store would answer for the page: the contract of `Page` as code, for in-memory adapters. */
export function selectPage<T extends { readonly id: string }>(rows: readonly T[], page: Page): T[] {
  const within = rows.filter(({ id }) => (!page.after || id > page.after) && (!page.before || id < page.before));
  const sign = page.direction === 'FORWARD' ? 1 : -1;
  return within.toSorted((a, b) => (a.id < b.id ? -sign : sign)).slice(0, page.take);
}
