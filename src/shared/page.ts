/**
 * One page, as a store reads it: rows with `after < id < before`, in the order of `direction` (FORWARD: id ascending,
 * BACKWARD: id descending), at most `take` of them. `take` is one more than `size`, to know whether more follow.
 */
export interface Page {
  readonly direction: 'FORWARD' | 'BACKWARD';
  readonly size: number;
  readonly take: number;
  readonly after: string | null;
  readonly before: string | null;
}

/** All rows of a list, the lowest id first, page by page: however many there are, one page is in memory. */
export async function* everyRow<T extends { readonly id: string }>(
  list: (page: Page) => Promise<readonly T[]>,
  size: number,
): AsyncGenerator<T> {
  for (let after: string | null = null; ;) {
    const rows: readonly T[] = await list({ direction: 'FORWARD', size, take: size, after, before: null });
    yield* rows;
    const last = rows.at(-1);
    if (rows.length < size || !last) {
      return;
    }
    after = last.id;
  }
}

/** The one with the highest id. */
export const NEWEST: Page = { direction: 'BACKWARD', size: 1, take: 1, after: null, before: null };
