import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source.js';
import { DatabaseSession } from '../../src/database/database-session.js';
import { TypeormUnitOfWork } from '../../src/database/typeorm-unit-of-work.js';
import { ENTITIES } from '../../src/entities.js';
import type { Secret } from '../../src/shared/secret.js';

export interface TestDatabase {
  readonly dataSource: DataSource;
  readonly session: DatabaseSession;
  readonly unitOfWork: TypeormUnitOfWork;
}

/** The tables of the control plane in an empty database. Whoever opens it destroys the data source. */
export async function openDatabase(url: Secret, poolSize = 20): Promise<TestDatabase> {
  const dataSource = await createDataSource(url, ENTITIES, poolSize).initialize();
  await dataSource.runMigrations();
  return { dataSource, session: new DatabaseSession(dataSource), unitOfWork: new TypeormUnitOfWork(dataSource) };
}
