import { encodeCursor } from './cursor.js';
import type { Page } from '../../shared/page.js';

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

export interface Edge<T> {
  readonly cursor: string;
  readonly node: T;
}

export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: PageInfo;
  readonly totalCount: number | Promise<number>;
}

/**
 * The Relay connection of the rows that a store read for `page` (see `Page`: in reading order, one more than asked
 * for when more follow). Whatever the direction, edges are in ascending order. `countAll` runs only when a caller
 * selects `totalCount`, and once however many aliases select it. Towards the side that was not read, "is there more" is answered by whether a cursor was given.
 */
export function toConnection<T extends { readonly id: string }>(
  rows: readonly T[],
  page: Page,
  countAll: () => number | Promise<number>,
): Connection<T> {
  const forward = page.direction === 'FORWARD';
  const moreFollow = rows.length > page.size;
  const read = rows.slice(0, page.size);
  const nodes = forward ? read : read.toReversed();
  const edges = nodes.map((node) => ({ cursor: encodeCursor(node.id), node }));
  let count: number | Promise<number> | undefined;
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: forward ? moreFollow : page.before !== null,
      hasPreviousPage: forward ? page.after !== null : moreFollow,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    // A getter, because the generated field resolvers read properties and do not call functions.
    get totalCount() {
      return (count ??= countAll());
    },
  };
}
