import { momentOf, newIdAt } from '../../../shared/ids.js';

/** An id of this moment that comes after `last`, whatever clock made that: a millisecond later, if need be. */
export function nextEventId(at: Date, last: string | null): string {
  const earliest = last === null ? 0 : momentOf(last).getTime() + 1;
  return newIdAt(new Date(Math.max(at.getTime(), earliest)));
}
