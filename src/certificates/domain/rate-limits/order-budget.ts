import { drawableAt, drawn, givenBack, leftIn, type BucketLevel, type Limit } from './bucket.js';
import type { CaLimits } from './limits.js';

/** An order as the limits of a CA see it. */
export interface BudgetedOrder {
  readonly accountId: string;
  /** A-labels, lower case. */
  readonly names: readonly string[];
  /** It names a certificate that it replaces, of the same account, with a name in common and not replaced yet (RFC 9773 §5). */
  readonly replaces: { readonly window: { readonly start: Date; readonly end: Date } | null } | null;
  /** When exactly these names were last issued for; null: never. */
  readonly lastIssuedAt: Date | null;
}

export type Verdict =
  | { readonly allowed: true }
  /** `scope` says who has to wait: everybody of the account, or this order alone. */
  | { readonly allowed: false; readonly notBefore: Date; readonly limit: string; readonly scope: 'ACCOUNT' | 'ORDER' };

/** Where levels are kept: a map in memory, rows in a database. Nothing else is remembered. */
export interface BucketLevels {
  get(key: string): BucketLevel;
  set(key: string, level: number): void;
}

/** The name below which a registrar sells: `example.co.uk` of `a.b.example.co.uk` (the Public Suffix List). */
export type RegistrableDomain = (name: string) => string;

/** One drawn from one bucket. Plain data: kept with the order until that has ended. */
export interface Draw {
  readonly key: string;
  readonly limit: Limit;
  readonly name: string;
  readonly scope: 'ACCOUNT' | 'ORDER';
}

/** A limit that an order would meet. */
export interface LimitReached {
  /** Such as `certificates for example.org`. */
  readonly limit: string;
  readonly until: Date;
}

/** What may still be drawn from a bucket, and when the next one may; `now` when at once. */
export interface BudgetLeft {
  readonly limit: string;
  readonly left: number;
  readonly most: number;
  readonly nextAt: Date;
}

/**
 * What a CA will say to an order, known before it is asked: its token buckets, counted on our side. Two exemptions, as Boulder
 * grants them: an order that replaces a certificate inside its window is free of every limit; the same names again are a
 * renewal, and free of the limits for the account and the domain. Failed authorizations are checked here, and counted by
 * `authorizationFailed`.
 */
export class OrderBudget {
  constructor(
    private readonly limits: CaLimits,
    private readonly levels: BucketLevels,
    private readonly registrableDomain: RegistrableDomain,
  ) {}

  /** Draws nothing. */
  mayOrder(order: BudgetedOrder, now: Date): Verdict {
    if (isAdvisedRenewal(order, now)) {
      return { allowed: true };
    }
    const waits = [...this.#draws(order, now), ...this.#failures(order)]
      .map((draw) => ({ draw, at: drawableAt(this.levels.get(draw.key), draw.limit, now.getTime()) }))
      .filter(({ at }) => at > now.getTime())
      // What holds this order alone comes first: the others need not wait with it.
      .sort((a, b) => Number(a.draw.scope === 'ACCOUNT') - Number(b.draw.scope === 'ACCOUNT') || b.at - a.at);
    const [longest] = waits;
    return longest === undefined
      ? { allowed: true }
      : { allowed: false, notBefore: new Date(longest.at), limit: longest.draw.name, scope: longest.draw.scope };
  }

  /** Counts an order that is sent now. @returns what to give to `notIssued` when it does not end in a certificate. */
  order(order: BudgetedOrder, now: Date): readonly Draw[] {
    const draws = isAdvisedRenewal(order, now) ? [] : this.#draws(order, now);
    for (const draw of draws) {
      this.#draw(draw, now);
    }
    return draws;
  }

  /** An order that was counted did not end in a certificate. The order itself stays counted: only certificates are given back. */
  notIssued(draws: readonly Draw[]): void {
    for (const { key, limit } of draws.filter(({ scope }) => scope === 'ORDER')) {
      const level = givenBack(this.levels.get(key), limit);
      if (level !== undefined) {
        this.levels.set(key, level);
      }
    }
  }

  /** Orders of the account that were sent beside the one that was counted. */
  moreOrders(draws: readonly Draw[], times: number, now: Date): void {
    for (const draw of draws.filter(({ scope }) => scope === 'ACCOUNT')) {
      for (let time = 0; time < times; time += 1) {
        this.#draw(draw, now);
      }
    }
  }

  /** Every bucket that an order has to do with. */
  keys(order: BudgetedOrder, now: Date): readonly string[] {
    return [...this.#draws(order, now), ...this.#failures(order)].map(({ key }) => key);
  }

  /** Of the buckets that failed authorizations of these names are drawn from. */
  failureKeys(accountId: string, names: readonly string[]): readonly string[] {
    return this.#failures({ accountId, names }).map(({ key }) => key);
  }

  /** What is left for an order in each of its buckets. */
  left(order: BudgetedOrder, now: Date): readonly BudgetLeft[] {
    return [...this.#draws(order, now), ...this.#failures(order)].map(({ key, limit, name }) => {
      const level = this.levels.get(key);
      const at = now.getTime();
      return {
        limit: name,
        left: leftIn(level, limit, at),
        most: limit.most,
        nextAt: new Date(drawableAt(level, limit, at)),
      };
    });
  }

  authorizationFailed(accountId: string, name: string, now: Date): void {
    for (const draw of this.#failures({ accountId, names: [name] })) {
      this.#draw(draw, now);
    }
  }

  #draw({ key, limit }: Draw, now: Date): void {
    this.levels.set(key, drawn(this.levels.get(key), limit, now.getTime()));
  }

  #draws(order: BudgetedOrder, now: Date): readonly Draw[] {
    const { newOrdersPerAccount, certificatesPerRegisteredDomain, certificatesPerExactSet } = this.limits;
    const draws: Draw[] = [];
    if (!this.#isRenewal(order, now)) {
      if (newOrdersPerAccount !== null) {
        draws.push({
          key: `orders ${order.accountId}`,
          limit: newOrdersPerAccount,
          name: 'new orders of the account',
          scope: 'ACCOUNT',
        });
      }
      if (certificatesPerRegisteredDomain !== null) {
        const domains = new Set(order.names.map((name) => this.registrableDomain(name.replace(/^\*\./, ''))));
        for (const domain of domains) {
          draws.push({
            key: `domain ${domain}`,
            limit: certificatesPerRegisteredDomain,
            name: `certificates for ${domain}`,
            scope: 'ORDER',
          });
        }
      }
    }
    if (certificatesPerExactSet !== null) {
      const set = [...new Set(order.names)].sort().join(',');
      draws.push({
        key: `set ${set}`,
        limit: certificatesPerExactSet,
        name: 'certificates for exactly these names',
        scope: 'ORDER',
      });
    }
    return draws;
  }

  #failures({ accountId, names }: Pick<BudgetedOrder, 'accountId' | 'names'>): readonly Draw[] {
    const limit = this.limits.failedAuthorizations;
    return limit === null
      ? []
      : names.map((name) => ({
          key: `failures ${accountId} ${name}`,
          limit,
          name: `failed authorizations of ${name}`,
          scope: 'ORDER',
        }));
  }

  #isRenewal({ lastIssuedAt }: BudgetedOrder, now: Date): boolean {
    return lastIssuedAt !== null && now.getTime() - lastIssuedAt.getTime() <= this.limits.renewalWithinMs;
  }
}

function isAdvisedRenewal({ replaces }: BudgetedOrder, now: Date): boolean {
  const window = replaces?.window ?? null;
  return window !== null && window.start <= now && now < window.end;
}
