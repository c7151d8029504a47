import { DAY_MS, HOUR_MS, after } from './life.js';

/** Let's Encrypt allows 5 failed authorizations an hour for a name and account; one is left for a person who tries. */
const MOST_IN_AN_HOUR = 4;
const MOST_ON_FIRST_DAY = 6;
const GIVE_UP_AFTER_MS = 30 * DAY_MS;

/**
 * When a name may be put before a CA again, given the moments (in order) at which its authorization has failed since it last
 * succeeded: at most 4 failures in any hour, 6 on the first day, one a day after that. `now` when it may be tried at once.
 */
export function mayTryName(failures: readonly Date[], now: Date): Date {
  const first = failures[0];
  const last = failures.at(-1);
  if (first === undefined || last === undefined) {
    return now;
  }
  const endOfFirstDay = after(first, DAY_MS);
  const hourly = failures.at(-MOST_IN_AN_HOUR);
  const moments = [
    now,
    hourly === undefined ? now : after(hourly, HOUR_MS),
    failures.length >= MOST_ON_FIRST_DAY ? endOfFirstDay : now,
  ];
  const soonest = new Date(Math.max(...moments.map((moment) => moment.getTime())));
  return soonest < endOfFirstDay ? soonest : new Date(Math.max(soonest.getTime(), last.getTime() + DAY_MS));
}

/** A name that never worked and has failed for thirty days is asked about, not tried on: nobody waits for it. */
export function shouldAskAboutName(failures: readonly Date[], hasEverWorked: boolean, now: Date): boolean {
  const first = failures[0];
  return !hasEverWorked && first !== undefined && now.getTime() - first.getTime() >= GIVE_UP_AFTER_MS;
}
