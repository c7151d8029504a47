import { seededRandom, type Random } from '../../src/shared/random.js';
import { ServerLimits } from './server-limits.js';
import type { IssuedCertificate, OrderAnswer, OrderRequest, RenewalInfo, SimulatedCa } from './simulated-ca.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export interface PlainCaOptions {
  readonly seed: number;
  /** Share of orders and questions that fail. */
  readonly failing: number;
  /** From, until. */
  readonly outages: readonly (readonly [number, number])[];
  /** The CA fails each set of names once, from the start of its window, in this generation, for so long. */
  readonly personalOutage: ((lifeMs: number) => number) | null;
  /** Windows that are announced anew a day before they begin. */
  readonly movedWindows: number;
}

interface Record_ extends IssuedCertificate {
  readonly accountId: string;
  readonly names: readonly string[];
  readonly generation: number;
  readonly window: { readonly start: number; readonly end: number };
  readonly moved: { readonly at: number; readonly start: number; readonly end: number } | null;
  replaced: boolean;
  revokedAt: number | null;
}

/** Boulder's rules, written from its documentation and not from our client: the two models check each other. */
export class PlainCa implements SimulatedCa {
  readonly limits = new ServerLimits();
  orders = 0;
  questions = 0;
  readonly #random: Random;
  readonly #byId = new Map<string, Record_>();
  readonly #newest = new Map<string, Record_>();

  constructor(private readonly options: PlainCaOptions) {
    this.#random = seededRandom(options.seed);
  }

  /** A certificate that was issued before the simulation began. */
  adopt(request: Omit<OrderRequest, 'replaces'>, notBefore: number): IssuedCertificate {
    return this.#issue({ ...request, replaces: null }, notBefore);
  }

  revokeAll(now: number): void {
    for (const record of this.#newest.values()) {
      record.revokedAt = now;
    }
  }

  /** How many certificates that are revoked had no successor yet at this moment. */
  revokedInForce(at: number): number {
    return [...this.#newest.values()].filter(({ revokedAt, notBefore }) => revokedAt !== null && notBefore <= at)
      .length;
  }

  windowOf(id: string, now: number): { readonly start: number; readonly end: number } {
    const { window, moved, revokedAt } = this.#byId.get(id)!;
    if (revokedAt !== null && revokedAt <= now) {
      return { start: revokedAt - HOUR, end: revokedAt - HOUR / 2 };
    }
    return moved !== null && moved.at <= now ? moved : window;
  }

  isDownFor(names: readonly string[], now: number): boolean {
    return (
      this.options.outages.some(([from, until]) => from <= now && now < until) || this.#isPersonallyDown(names, now)
    );
  }

  renewalInfo(id: string, now: number): RenewalInfo | 'DOWN' {
    this.questions += 1;
    if (this.isDownFor(this.#byId.get(id)!.names, now) || this.#random() < this.options.failing) {
      return 'DOWN';
    }
    const { start, end } = this.windowOf(id, now);
    return { start, end, retryAfterMs: 6 * HOUR * (0.8 + 0.4 * this.#random()) };
  }

  order(request: OrderRequest, now: number): OrderAnswer {
    this.orders += 1;
    if (this.isDownFor(request.names, now)) {
      return { problem: 'DOWN', retryAfterMs: null };
    }
    const over = this.limits.newOrder(request, this.#isAdvised(request, now), this.#lastIssue(request.names), now);
    if (over !== null) {
      return { problem: 'rateLimited', retryAfterMs: over };
    }
    const chance = this.#random();
    if (chance < this.options.failing * 0.2) {
      const name = request.names[0]!;
      this.limits.authorizationFailed(request.accountId, name, now);
      return { problem: 'connection', retryAfterMs: null, name };
    }
    if (chance < this.options.failing) {
      return chance < this.options.failing * 0.3
        ? { problem: 'rateLimited', retryAfterMs: HOUR / 6 }
        : { problem: 'serverInternal', retryAfterMs: null };
    }
    if (!this.#isAdvised(request, now)) {
      this.limits.issued(request.names, this.#lastIssue(request.names), now);
    }
    return { certificate: this.#issue(request, now) };
  }

  #issue({ accountId, names, lifeMs, replaces }: OrderRequest, now: number): Record_ {
    const replaced = replaces === null ? undefined : this.#byId.get(replaces);
    if (replaced) {
      replaced.replaced = true;
    }
    const key = names.join(',');
    const before = this.#newest.get(key);
    const notAfter = now + lifeMs;
    const ideal = notAfter - lifeMs / (lifeMs < 10 * DAY ? 2 : 3);
    const window = { start: ideal - lifeMs / 100, end: ideal + lifeMs / 100 };
    const shift = (this.#random() - 0.5) * DAY;
    const isMoved = lifeMs > 10 * DAY && this.#random() < this.options.movedWindows;
    const moved = { at: window.start - 1.5 * DAY, start: window.start + shift, end: window.end + shift };
    const id = `${key}#${(before?.generation ?? -1) + 1}`;
    const generation = (before?.generation ?? -1) + 1;
    const record: Record_ = {
      id,
      accountId,
      names,
      notBefore: now,
      notAfter,
      generation,
      window,
      moved: isMoved ? moved : null,
      replaced: false,
      revokedAt: null,
    };
    if (before) {
      this.#byId.delete(before.id);
    }
    this.#byId.set(id, record);
    this.#newest.set(key, record);
    return record;
  }

  #isAdvised({ accountId, names, replaces }: OrderRequest, now: number): boolean {
    const old = replaces === null ? undefined : this.#byId.get(replaces);
    if (!old || old.replaced || old.accountId !== accountId || !old.names.some((name) => names.includes(name))) {
      return false;
    }
    const { start, end } = this.windowOf(old.id, now);
    return start <= now && now < end;
  }

  #lastIssue(names: readonly string[]): number | null {
    return this.#newest.get(names.join(','))?.notBefore ?? null;
  }

  /** Each set of names once, in its second generation: from the very beginning of its window. */
  #isPersonallyDown(names: readonly string[], now: number): boolean {
    const newest = this.#newest.get(names.join(','));
    if (this.options.personalOutage === null || newest?.generation !== 1) {
      return false;
    }
    const { start, end } = newest.window;
    return start <= now && now < start + this.options.personalOutage((end - start) * 50);
  }
}
