import type { Clock } from '../../src/shared/clock.js';
import { identifierSet } from './identifier.js';
import { ipv6Range, registeredDomainBy, type RegisteredDomain } from './registered-domain.js';
import { LETS_ENCRYPT_LIMITS, type LimitName, type Limits } from './lets-encrypt-limits.js';
import { Buckets, type Limit } from './token-bucket.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** For how long an issued set makes the same set a renewal. */
const RENEWAL_MEMORY_MS = 120 * DAY_MS;

export interface Refusal {
  readonly limit: LimitName;
  readonly key: string;
  /** Nothing but an unpause ends a pause. */
  readonly retryAfterMs: number | undefined;
  readonly message: string;
}

export interface LimitedOrder {
  readonly account: string;
  /** Names and addresses, wildcards with their asterisk. */
  readonly identifiers: readonly string[];
  /** `replaces` is valid and now is inside the suggested window: exempt from everything. */
  readonly isAriRenewal: boolean;
}

export interface RateLimitOptions {
  readonly limits?: Partial<Limits>;
  readonly registeredDomain?: RegisteredDomain;
}

/**
 * The buckets of Let's Encrypt, decided as Boulder decides them and on nothing but a clock. An order spends from the bucket of its
 * account and only looks at the others; a certificate spends from those of its domains and of its exact set; a failed validation
 * from those of its name. What is refused spends nothing.
 */
export class RateLimits {
  readonly #buckets: Readonly<Record<LimitName, Buckets>>;
  readonly #lastIssued = new Map<string, number>();
  readonly #paused = new Map<string, Set<string>>();
  readonly #domainOf: RegisteredDomain;

  constructor(
    private readonly clock: Clock,
    { limits, registeredDomain = registeredDomainBy() }: RateLimitOptions = {},
  ) {
    const all: Limits = { ...LETS_ENCRYPT_LIMITS, ...limits };
    const entries = Object.entries(all).map(([name, each]) => [name, new Buckets(each)]);
    this.#buckets = Object.fromEntries(entries) as Readonly<Record<LimitName, Buckets>>;
    this.#domainOf = registeredDomain;
  }

  /** Spends from the buckets of the address. */
  newAccount(address: string): Refusal | undefined {
    const range = ipv6Range(address);
    const wanted: Wanted[] = [{ limit: 'newAccountsPerAddress', key: address, spends: true }];
    if (range !== undefined) {
      wanted.push({ limit: 'newAccountsPerIpv6Range', key: range, spends: true });
    }
    return this.#take(wanted);
  }

  /** All or nothing. A pause is asked first, and there is no exemption from it. */
  newOrder(order: LimitedOrder): Refusal | undefined {
    const paused = order.identifiers.filter((name) => this.isPaused(order.account, name));
    if (paused.length > 0) {
      return {
        limit: 'failuresBeforePause',
        key: `${order.account}:${String(paused[0])}`,
        retryAfterMs: undefined,
        message: `Your account is temporarily prevented from requesting certificates for ${paused.join(', ')} and possibly others`,
      };
    }
    return order.isAriRenewal ? undefined : this.#take(this.#wantedBy(order));
  }

  /** After every issuance; never refused. */
  issued(identifiers: readonly string[]): void {
    const now = this.clock.now().getTime();
    const set = identifierSet(identifiers);
    if (!this.isRenewal(identifiers)) {
      this.#domains(identifiers).forEach((domain) => this.#buckets.certificatesPerDomain.spend(domain, now));
    }
    this.#buckets.certificatesPerIdentifierSet.spend(set, now);
    this.#lastIssued.set(set, now);
  }

  /** Whether the exact set was issued in the last 120 days, by any account. */
  isRenewal(identifiers: readonly string[]): boolean {
    const last = this.#lastIssued.get(identifierSet(identifiers));
    return last !== undefined && this.clock.now().getTime() - last < RENEWAL_MEMORY_MS;
  }

  /** Tells whether the name is paused from now on. */
  validationFailed(account: string, identifier: string): boolean {
    const now = this.clock.now().getTime();
    const key = `${account}:${identifier}`;
    this.#buckets.failedAuthorizations.spend(key, now);
    if (this.#buckets.failuresBeforePause.spend(key, now).remaining === 0) {
      this.pause(account, identifier);
    }
    return this.isPaused(account, identifier);
  }

  /** Forgets the failures in a row; those of the last hour still count. */
  validationSucceeded(account: string, identifier: string): void {
    this.#buckets.failuresBeforePause.reset(`${account}:${identifier}`);
  }

  pause(account: string, identifier: string): void {
    const names = this.#paused.get(account) ?? new Set();
    this.#paused.set(account, names.add(identifier));
  }

  isPaused(account: string, identifier: string): boolean {
    return this.#paused.get(account)?.has(identifier) === true;
  }

  /** What the self-service page does. */
  unpause(account: string): void {
    this.#paused.get(account)?.forEach((name) => this.#buckets.failuresBeforePause.reset(`${account}:${name}`));
    this.#paused.delete(account);
  }

  /** How many more would be allowed now. */
  remaining(name: LimitName, key: string): number {
    return this.#buckets[name].check(key, this.clock.now().getTime(), 0).remaining;
  }

  #wantedBy({ account, identifiers }: LimitedOrder): readonly Wanted[] {
    const isRenewal = this.isRenewal(identifiers);
    const failures = identifiers.map((name): Wanted => ({
      limit: 'failedAuthorizations',
      key: `${account}:${name}`,
      spends: false,
    }));
    const fresh: readonly Wanted[] = isRenewal
      ? []
      : [
          { limit: 'newOrdersPerAccount', key: account, spends: true },
          ...this.#domains(identifiers).map((key): Wanted => ({ limit: 'certificatesPerDomain', key, spends: false })),
        ];
    const set: Wanted = { limit: 'certificatesPerIdentifierSet', key: identifierSet(identifiers), spends: false };
    return [...fresh, ...failures, set];
  }

  #take(wanted: readonly Wanted[]): Refusal | undefined {
    const now = this.clock.now().getTime();
    const refusals = wanted.flatMap(({ limit: name, key }): readonly Refusal[] => {
      const { isAllowed, retryAfterMs } = this.#buckets[name].check(key, now);
      return isAllowed
        ? []
        : [{ limit: name, key, retryAfterMs, message: messageOf(name, key, this.#buckets[name].limit) }];
    });
    if (refusals.length > 0) {
      return refusals.reduce((worst, each) => ((each.retryAfterMs ?? 0) > (worst.retryAfterMs ?? 0) ? each : worst));
    }
    wanted.filter(({ spends }) => spends).forEach(({ limit: name, key }) => this.#buckets[name].spend(key, now));
    return undefined;
  }

  #domains(identifiers: readonly string[]): readonly string[] {
    return [...new Set(identifiers.map(this.#domainOf))];
  }
}

interface Wanted {
  readonly limit: LimitName;
  readonly key: string;
  readonly spends: boolean;
}

function messageOf(name: LimitName, key: string, { burst, periodMs }: Limit): string {
  const subject = key.slice(key.indexOf(':') + 1);
  const within = name === 'failuresBeforePause' ? 'in a row' : `in the last ${periodMs / HOUR_MS}h0m0s`;
  const what: Readonly<Record<LimitName, string>> = {
    newAccountsPerAddress: `too many new registrations (${burst}) from this IP address`,
    newAccountsPerIpv6Range: `too many new registrations (${burst}) from this /48 subnet of IPv6 addresses`,
    newOrdersPerAccount: `too many new orders (${burst}) from this account`,
    certificatesPerDomain: `too many certificates (${burst}) already issued for "${key}"`,
    certificatesPerIdentifierSet: `too many certificates (${burst}) already issued for this exact set of identifiers`,
    failedAuthorizations: `too many failed authorizations (${burst}) for "${subject}"`,
    failuresBeforePause: `too many failed authorizations (${burst}) for "${subject}"`,
  };
  return `${what[name]} ${within}`;
}
