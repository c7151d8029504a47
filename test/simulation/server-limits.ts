const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Tokens that drip back; counted down, where our client keeps moments. */
class TokenBucket {
  #tokens: number;
  #at = 0;

  constructor(
    private readonly capacity: number,
    private readonly everyMs: number,
  ) {
    this.#tokens = capacity;
  }

  tokens(now: number): number {
    this.#tokens = Math.min(this.capacity, this.#tokens + Math.max(0, now - this.#at) / this.everyMs);
    this.#at = Math.max(this.#at, now);
    return this.#tokens;
  }

  /** A millionth of a token is forgiven: it is the error of adding fractions. */
  has(now: number): boolean {
    return this.tokens(now) >= 1 - 1e-6;
  }

  take(now: number): void {
    this.tokens(now);
    this.#tokens -= 1;
  }

  waitMs(now: number): number {
    return Math.ceil((1 - this.tokens(now)) * this.everyMs);
  }
}

export interface LimitedOrder {
  readonly accountId: string;
  readonly names: readonly string[];
}

/** The limits of Let's Encrypt as its server counts them: orders when they come, certificates when they are issued. */
export class ServerLimits {
  /** How often a client was refused, by limit. */
  readonly refusals = new Map<string, number>();
  readonly #buckets = new Map<string, TokenBucket>();

  /** @returns null when the order is taken, or for how many ms it is to wait. */
  newOrder(
    { accountId, names }: LimitedOrder,
    isAdvised: boolean,
    lastIssue: number | null,
    now: number,
  ): number | null {
    if (isAdvised) {
      return null;
    }
    const isRenewal = lastIssue !== null && now - lastIssue <= 120 * DAY;
    const orders = this.#bucket(`orders ${accountId}`, 300, 36_000);
    const asked: (readonly [string, TokenBucket])[] = [
      ...names.map((name) => ['failures', this.#failures(accountId, name)] as const),
      ['exact set', this.#exactSet(names)],
      ...(isRenewal ? [] : domains(names).map((domain) => ['domain', this.#domain(domain)] as const)),
      ...(isRenewal ? [] : [['orders', orders] as const]),
    ];
    const empty = asked.find(([, bucket]) => !bucket.has(now));
    if (empty) {
      this.refusals.set(empty[0], (this.refusals.get(empty[0]) ?? 0) + 1);
      return empty[1].waitMs(now);
    }
    if (!isRenewal) {
      orders.take(now);
    }
    return null;
  }

  issued(names: readonly string[], lastIssue: number | null, now: number): void {
    this.#exactSet(names).take(now);
    if (lastIssue === null || now - lastIssue > 120 * DAY) {
      domains(names).forEach((domain) => this.#domain(domain).take(now));
    }
  }

  authorizationFailed(accountId: string, name: string, now: number): void {
    this.#failures(accountId, name).take(now);
  }

  #failures(accountId: string, name: string): TokenBucket {
    return this.#bucket(`failures ${accountId} ${name}`, 5, 12 * 60_000);
  }

  #exactSet(names: readonly string[]): TokenBucket {
    return this.#bucket(`set ${names.toSorted().join(',')}`, 5, (7 * DAY) / 5);
  }

  #domain(domain: string): TokenBucket {
    return this.#bucket(`domain ${domain}`, 50, (7 * DAY) / 50);
  }

  #bucket(key: string, capacity: number, everyMs: number): TokenBucket {
    const known = this.#buckets.get(key);
    if (known) {
      return known;
    }
    const made = new TokenBucket(capacity, everyMs);
    this.#buckets.set(key, made);
    return made;
  }
}

function domains(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(lastTwoLabels))];
}

/** Every name of the simulation is below `.test`: its registered domain is its last two labels. */
export function lastTwoLabels(name: string): string {
  return name.split('.').slice(-2).join('.');
}
