import type { Clock } from '../../src/shared/clock.js';
import { Buckets, type Limit } from './token-bucket.js';

const perSecond = (count: number, burst: number): Limit => ({ burst, count, periodMs: 1_000 });

/** What the load balancer of Let's Encrypt lets one address ask for; beyond it there is a 503. */
export const LETS_ENCRYPT_REQUEST_LIMITS = {
  newNonce: perSecond(20, 10),
  newAccount: perSecond(5, 15),
  newOrder: perSecond(300, 200),
  revokeCert: perSecond(10, 100),
  renewalInfo: perSecond(1_000, 100),
  directory: perSecond(40, 40),
  /** Everything else below /acme/. */
  acme: perSecond(250, 125),
} as const satisfies Readonly<Record<string, Limit>>;

export type RequestGroup = keyof typeof LETS_ENCRYPT_REQUEST_LIMITS;

/** Requests per second and address, in buckets of their own for each group. */
export class RequestLimits {
  readonly #buckets = new Map<RequestGroup, Buckets>();

  constructor(
    private readonly clock: Clock,
    limits: Partial<Readonly<Record<RequestGroup, Limit>>> = LETS_ENCRYPT_REQUEST_LIMITS,
  ) {
    for (const [group, limit] of Object.entries(limits)) {
      this.#buckets.set(group as RequestGroup, new Buckets(limit));
    }
  }

  /** Milliseconds to wait when the request is one too many. Counts it when it is not. */
  request(group: string, address: string): number | undefined {
    const buckets = this.#buckets.get(group as RequestGroup) ?? this.#buckets.get('acme');
    const decision = buckets?.spend(address, this.clock.now().getTime());
    return decision === undefined || decision.isAllowed ? undefined : decision.retryAfterMs;
  }
}
