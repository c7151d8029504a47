import { Injectable } from '@nestjs/common';
import { Clock } from '../../../shared/clock.js';
import type { Certificate } from '../../domain/certificate.js';
import type { CertificateProvider } from '../../domain/provider/certificate-provider.js';
import { accountAt, caOrder, type CaOrder } from '../../domain/rate-limits/ca-order.js';
import { LIMIT_SETS, limitSetOf, withReserve } from '../../domain/rate-limits/limits.js';
import { OrderBudget, type BudgetLeft, type LimitReached } from '../../domain/rate-limits/order-budget.js';
import { registrableDomain } from '../../domain/rate-limits/registrable-domain.js';
import { CertificateProviderStore } from '../certificate-provider-store.js';
import { RenewalStore } from '../renewal/renewal-store.js';
import { CaLimitStore } from './ca-limit-store.js';

/** What the CA of a provider will say to orders, counted on our side, and what they cost. */
@Injectable()
export class CaBudget {
  constructor(
    private readonly levels: CaLimitStore,
    private readonly providers: CertificateProviderStore,
    private readonly renewals: RenewalStore,
    private readonly clock: Clock,
  ) {}

  /**
   * The limit that an order for this certificate would meet at this provider (null: it needs no CA); null: none that is known of.
   * Nobody else changes that before the unit of work around it ends. `keepReserve`: a little is left to people and to what is urgent;
   * without it, the CA itself would refuse.
   */
  async refusal(
    certificate: Certificate,
    providerId: string | null,
    keepReserve: boolean,
  ): Promise<LimitReached | null> {
    const order = await this.#order(certificate, providerId);
    if (order === null) {
      return null;
    }
    const known = LIMIT_SETS[order.limits];
    const now = this.clock.now();
    const levels = await this.levels.lock(order.directoryUrl, keysOf(order, now), now);
    const budget = new OrderBudget(keepReserve ? withReserve(known) : known, levels, registrableDomain);
    const verdict = budget.mayOrder(order.order, now);
    return verdict.allowed ? null : { limit: verdict.limit, until: verdict.notBefore };
  }

  /** Counts the order that this operation sends. In the unit of work in which the operation is requested. */
  async charge(operationId: string, certificate: Certificate, providerId: string | null): Promise<void> {
    const order = await this.#order(certificate, providerId);
    if (order === null) {
      return;
    }
    const { directoryUrl, limits } = order;
    const now = this.clock.now();
    const levels = await this.levels.lock(directoryUrl, keysOf(order, now), now);
    const draws = new OrderBudget(LIMIT_SETS[limits], levels, registrableDomain).order(order.order, now);
    await this.levels.put(directoryUrl, levels);
    await this.levels.addCharge({ operationId, directoryUrl, limits, accountId: order.order.accountId, draws });
  }

  /** What is left for new certificates that have these names, as far as is known; empty: no limits are. */
  async left(
    names: readonly string[],
    provider: CertificateProvider,
    serverId: string,
  ): Promise<readonly BudgetLeft[]> {
    const { directoryUrl, limits } = provider.acme;
    const order = { accountId: accountAt(provider, serverId), names, replaces: null, lastIssuedAt: null };
    const asked = { directoryUrl, limits: limitSetOf(limits, directoryUrl), order };
    const now = this.clock.now();
    const levels = await this.levels.read(directoryUrl, keysOf(asked, now));
    return new OrderBudget(LIMIT_SETS[asked.limits], levels, registrableDomain).left(order, now);
  }

  async #order(certificate: Certificate, providerId: string | null): Promise<CaOrder | null> {
    const provider = providerId === null ? null : await this.providers.find(providerId);
    if (provider === null || limitSetOf(provider.acme.limits, provider.acme.directoryUrl) === 'NONE') {
      return null;
    }
    const { state } = await this.renewals.find(certificate.id);
    return caOrder(certificate, provider, state.window);
  }
}

const keysOf = ({ limits, order }: CaOrder, now: Date): readonly string[] =>
  new OrderBudget(LIMIT_SETS[limits], new Map<string, number>(), registrableDomain).keys(order, now);
