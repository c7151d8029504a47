import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';

export interface TransactionContext {
  readonly manager: EntityManager;
  readonly effects: (() => void | Promise<void>)[];
}

/** Which transaction the code that runs now is part of, so that stores need not be handed one. */
export const transactionContext = new AsyncLocalStorage<TransactionContext>();
