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

/** The one with the highest id. */
export const NEWEST: Page = { direction: 'BACKWARD', size: 1, take: 1, after: null, before: null };
