import { Injectable } from '@nestjs/common';
import { OperationStore, hasEnded, type Operation } from '../../../operations/index.js';
import { byId } from '../../../shared/by-id.js';
import { Clock } from '../../../shared/clock.js';
import { UnitOfWork } from '../../../shared/unit-of-work.js';
import { LIMIT_SETS } from '../../domain/rate-limits/limits.js';
import { OrderBudget } from '../../domain/rate-limits/order-budget.js';
import { hasIssued, refusedAtCa } from '../../domain/rate-limits/refused-at-ca.js';
import { registrableDomain } from '../../domain/rate-limits/registrable-domain.js';
import { CaLimitStore, type OrderCharge } from './ca-limit-store.js';

const BATCH = 200;

/**
 * Squares what was counted for orders with what came of them: without a certificate, that is given back; names that failed at the
 * CA are counted, and so is every order that was sent beside the first. Each operation once, whoever does it and however often.
 */
@Injectable()
export class SettleOrders {
  constructor(
    private readonly levels: CaLimitStore,
    private readonly operations: OperationStore,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  async execute(): Promise<void> {
    for (let after = ''; ;) {
      const charges = await this.levels.charges(after, BATCH);
      const operations = byId(await this.operations.findMany(charges.map(({ operationId }) => operationId)));
      for (const charge of charges) {
        const operation = operations.get(charge.operationId);
        if (!operation || hasEnded(operation.state)) {
          await this.unitOfWork.run(() => this.#settle(charge, operation));
        }
      }
      const last = charges.at(-1);
      if (last === undefined || charges.length < BATCH) {
        break;
      }
      after = last.operationId;
    }
    await this.levels.forgetFull(this.clock.now());
  }

  async #settle({ operationId, ...charge }: OrderCharge, operation: Operation | undefined): Promise<void> {
    if (!(await this.levels.takeCharge(operationId)) || !operation) {
      return;
    }
    const { directoryUrl, accountId, draws } = charge;
    const limits = LIMIT_SETS[charge.limits];
    const now = this.clock.now();
    const refused = refusedAtCa(operation);
    const failures = new OrderBudget(limits, new Map<string, number>(), registrableDomain).failureKeys(
      accountId,
      refused,
    );
    const levels = await this.levels.lock(directoryUrl, [...draws.map(({ key }) => key), ...failures], now);
    const budget = new OrderBudget(limits, levels, registrableDomain);
    if (!hasIssued(operation)) {
      budget.notIssued(draws);
    }
    budget.moreOrders(draws, ordersBesideFirst(operation, refused), now);
    for (const name of refused) {
      budget.authorizationFailed(accountId, name, now);
    }
    await this.levels.put(directoryUrl, levels);
  }
}

/** Each attempt after the first sends another, and so does leaving out names. */
function ordersBesideFirst({ attempt }: Operation, refused: readonly string[]): number {
  return Math.max(attempt - 1, 0) + (refused.length > 0 ? 1 : 0);
}
