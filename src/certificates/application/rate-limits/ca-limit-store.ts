import type { LimitSet } from '../../domain/rate-limits/limits.js';
import type { Draw } from '../../domain/rate-limits/order-budget.js';

/** What an operation that is on its way has drawn from the limits of a CA. */
export interface OrderCharge {
  readonly operationId: string;
  readonly directoryUrl: string;
  readonly limits: LimitSet;
  readonly accountId: string;
  readonly draws: readonly Draw[];
}

/** The limits of CAs, as far as they are used up: shared by all processes. Keys are those of `OrderBudget`, for each CA its own. */
export abstract class CaLimitStore {
  /** Those that are not full, as they are at this moment. */
  abstract read(directoryUrl: string, keys: readonly string[]): Promise<Map<string, number>>;
  /** The same, each locked until the unit of work around it ends, whether it is full or not. */
  abstract lock(directoryUrl: string, keys: readonly string[], now: Date): Promise<Map<string, number>>;
  /** Of keys that are locked. */
  abstract put(directoryUrl: string, levels: ReadonlyMap<string, number>): Promise<void>;
  /** What is full again need not be kept. */
  abstract forgetFull(now: Date): Promise<void>;
  abstract addCharge(charge: OrderCharge): Promise<void>;
  /** In order of their operations, from after this one on. */
  abstract charges(after: string, limit: number): Promise<readonly OrderCharge[]>;
  /** @returns whether it was there: of several that take it, one is told so. */
  abstract takeCharge(operationId: string): Promise<boolean>;
}
