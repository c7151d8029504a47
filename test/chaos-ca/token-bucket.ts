/** Room for `burst` at once; `count` more in each period, one by one. */
export interface Limit {
  readonly burst: number;
  readonly count: number;
  readonly periodMs: number;
}

export interface Decision {
  readonly isAllowed: boolean;
  readonly remaining: number;
  /** Zero when it is allowed. */
  readonly retryAfterMs: number;
  /** What to remember when it is spent: when the bucket will be full again. */
  readonly fullAt: number;
}

/** The generic cell rate algorithm as Boulder has it. `fullAt` is what the last decision said, or anything past. */
export function decide(limit: Limit, fullAt: number, nowMs: number, cost = 1): Decision {
  const interval = limit.periodMs / limit.count;
  const from = Math.max(fullAt, nowMs);
  const next = from + interval * cost;
  const room = nowMs - (next - interval * limit.burst);
  const isAllowed = room >= -1e-6;
  const left = isAllowed ? room : nowMs - (from - interval * limit.burst);
  return {
    isAllowed,
    remaining: Math.max(0, Math.floor(left / interval + 1e-9)),
    retryAfterMs: isAllowed ? 0 : -room,
    fullAt: isAllowed ? next : from,
  };
}

/** Buckets of one limit, by key. */
export class Buckets {
  readonly #fullAt = new Map<string, number>();
  #pruneAt = 10_000;

  constructor(readonly limit: Limit) {}

  check(key: string, nowMs: number, cost = 1): Decision {
    return decide(this.limit, this.#fullAt.get(key) ?? 0, nowMs, cost);
  }

  /** Spends when there is room, and changes nothing when there is none. */
  spend(key: string, nowMs: number, cost = 1): Decision {
    const decision = this.check(key, nowMs, cost);
    if (decision.isAllowed) {
      this.#fullAt.set(key, decision.fullAt);
      this.#prune(nowMs);
    }
    return decision;
  }

  reset(key: string): void {
    this.#fullAt.delete(key);
  }

  /** A full bucket is one that nobody has asked for. */
  #prune(nowMs: number): void {
    if (this.#fullAt.size < this.#pruneAt) {
      return;
    }
    for (const [key, fullAt] of this.#fullAt) {
      if (fullAt <= nowMs) {
        this.#fullAt.delete(key);
      }
    }
    this.#pruneAt = Math.max(10_000, this.#fullAt.size * 2);
  }
}
