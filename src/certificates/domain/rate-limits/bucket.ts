/**
 * A limit of `most` in any burst, refilled evenly over `perMs`: a token bucket, kept as the one moment at which it will be
 * full again (the generic cell rate algorithm). A bucket that nobody has drawn from is not kept at all.
 */
export interface Limit {
  readonly most: number;
  readonly perMs: number;
}

/** When the bucket is full again, in ms since 1970; undefined: it is full. */
export type BucketLevel = number | undefined;

/** When one more may be drawn; `now` when at once. */
export function drawableAt(level: BucketLevel, limit: Limit, now: number): number {
  return level === undefined ? now : Math.max(now, Math.ceil(level - (limit.most - 1) * refillMs(limit)));
}

/** The level after one was drawn. */
export function drawn(level: BucketLevel, limit: Limit, now: number): number {
  return Math.max(level ?? now, now) + refillMs(limit);
}

/** The level after one that was drawn is given back. */
export function givenBack(level: BucketLevel, limit: Limit): BucketLevel {
  return level === undefined ? undefined : level - refillMs(limit);
}

/** How many may be drawn at once now. */
export function leftIn(level: BucketLevel, limit: Limit, now: number): number {
  const missing = level === undefined ? 0 : Math.ceil((level - now) / refillMs(limit));
  return Math.max(0, Math.min(limit.most, limit.most - missing));
}

function refillMs({ most, perMs }: Limit): number {
  return perMs / most;
}
