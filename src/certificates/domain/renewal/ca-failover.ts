import { MINUTE_MS } from './life.js';

export const FAILURES_BEFORE_SWITCH = 2;
const PATIENCE_MS = 15 * MINUTE_MS;
export const LITTLE_LEFT = 0.25;

/** How the CA in use has failed, in a row and on its own side. */
export interface CaFailures {
  readonly count: number;
  readonly firstAt: Date;
}

/**
 * Whether the next CA of the list is to be asked: after two failures in a row on the side of this one or a quarter of an hour
 * of them; at once when less than a quarter of the certificate's life is left. `failures` is null when the last failure was
 * not on the CA's side: what the subscriber has to mend, a second CA would find as well.
 */
export function shouldSwitchCa(failures: CaFailures | null, shareLeft: number, now: Date): boolean {
  return (
    failures !== null &&
    (failures.count >= FAILURES_BEFORE_SWITCH ||
      now.getTime() - failures.firstAt.getTime() >= PATIENCE_MS ||
      shareLeft < LITTLE_LEFT)
  );
}
