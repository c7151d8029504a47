import type { DataSource, EntityManager, EntityTarget, ObjectLiteral, Repository } from 'typeorm';
import { transactionContext } from './transaction-context.js';

/** What stores read and write through: the transaction around them, or the pool when there is none. */
export class DatabaseSession {
  constructor(private readonly dataSource: DataSource) {}

  get manager(): EntityManager {
    return transactionContext.getStore()?.manager ?? this.dataSource.manager;
  }

  repository<T extends ObjectLiteral>(entity: EntityTarget<T>): Repository<T> {
    return this.manager.getRepository(entity);
  }
}
