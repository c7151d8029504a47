import { setTimeout as sleep } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { DataSource, EntityManager } from 'typeorm';
import { UnitOfWork } from '../shared/unit-of-work.js';
import { isTransient, toDatabaseUnavailable } from './database-error.js';
import { transactionContext, type TransactionContext } from './transaction-context.js';

const MAX_TRIES = 8;

/** READ COMMITTED: a compare-and-set sees what others have committed, and fewer gaps are locked. */
export class TypeormUnitOfWork extends UnitOfWork {
  readonly #logger = new Logger('UnitOfWork');

  constructor(
    private readonly dataSource: DataSource,
    /** The server's own default, as in our private MariaDB: then it need not be said before each transaction. */
    private readonly defaultIsReadCommitted: boolean = false,
  ) {
    super();
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (transactionContext.getStore()) {
      return work();
    }
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#once(work);
      } catch (error) {
        if (!isTransient(error) || attempt >= MAX_TRIES) {
          throw toDatabaseUnavailable(error) ?? error;
        }
        await sleep(5 * 2 ** attempt * Math.random());
      }
    }
  }

  afterCommit(effect: () => void | Promise<void>): void {
    const context = transactionContext.getStore();
    if (!context) {
      throw new Error('afterCommit() needs a unit of work around it.');
    }
    context.effects.push(effect);
  }

  async #once<T>(work: () => Promise<T>): Promise<T> {
    const effects: TransactionContext['effects'] = [];
    const transact = (manager: EntityManager): Promise<T> => transactionContext.run({ manager, effects }, work);
    const result = await (this.defaultIsReadCommitted
      ? this.dataSource.transaction(transact)
      : this.dataSource.transaction('READ COMMITTED', transact));
    for (const effect of effects) {
      this.#start(effect);
    }
    return result;
  }

  /** What is committed is committed: an effect that fails is logged, and found again by whoever sweeps. */
  #start(effect: () => void | Promise<void>): void {
    const run = async (): Promise<void> => effect();
    transactionContext.exit(run).catch((error: unknown) => {
      this.#logger.warn(`Something that was to follow a commit failed: ${String(error)}`);
    });
  }
}
