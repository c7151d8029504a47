import { Global, Inject, Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DataSource, type Migration } from 'typeorm';
import type { Secret } from '../shared/secret.js';
import { Leases } from '../shared/leases.js';
import { UnitOfWork } from '../shared/unit-of-work.js';
import { createDataSource, type Entities } from './data-source.js';
import { toDatabaseUnavailable } from './database-error.js';
import { DatabaseSession } from './database-session.js';
import { TypeormLeases } from './typeorm-leases.js';
import { TypeormUnitOfWork } from './typeorm-unit-of-work.js';

/** The control plane's database: opened, and brought up to date, before anything else starts. */
@Global()
@Module({})
export class DatabaseModule implements OnApplicationShutdown {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  static forRoot(url: Secret, entities: Entities): DynamicModule {
    return {
      module: DatabaseModule,
      providers: [
        { provide: DataSource, useFactory: () => openMigrated(createDataSource(url, entities)) },
        {
          provide: DatabaseSession,
          inject: [DataSource],
          useFactory: (dataSource: DataSource) => new DatabaseSession(dataSource),
        },
        {
          provide: UnitOfWork,
          inject: [DataSource],
          useFactory: async (dataSource: DataSource) =>
            new TypeormUnitOfWork(dataSource, await isReadCommittedByDefault(dataSource)),
        },
        {
          provide: Leases,
          inject: [DatabaseSession, UnitOfWork],
          useFactory: (session: DatabaseSession, unitOfWork: UnitOfWork) => new TypeormLeases(session, unitOfWork),
        },
      ],
      exports: [DataSource, DatabaseSession, Leases, UnitOfWork],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.dataSource.destroy();
  }
}

/** MariaDB has called the variable `tx_isolation` until 11.1, MySQL 8 calls it `transaction_isolation`. */
async function isReadCommittedByDefault(dataSource: DataSource): Promise<boolean> {
  const rows = await dataSource.query<readonly { readonly Value: string }[]>(
    "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')",
  );
  return rows.length > 0 && rows.every(({ Value }) => Value === 'READ-COMMITTED');
}

const MIGRATION_LOCK = 'hler:migrations';
const MIGRATION_LOCK_S = 300;

/** Roles that start together all find migrations to run: one runs them, the others wait and find none left. */
async function migrateAlone(dataSource: DataSource): Promise<readonly Migration[]> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.query('SELECT GET_LOCK(?, ?)', [MIGRATION_LOCK, MIGRATION_LOCK_S]);
    return await dataSource.runMigrations();
  } finally {
    await runner.query('SELECT RELEASE_LOCK(?)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release();
  }
}

/** @throws DomainError DATABASE_UNAVAILABLE */
async function openMigrated(dataSource: DataSource): Promise<DataSource> {
  try {
    await dataSource.initialize();
    const applied = await migrateAlone(dataSource);
    for (const { name } of applied) {
      new Logger('Database').log(`Applied the migration ${name}.`);
    }
    return dataSource;
  } catch (error) {
    if (dataSource.isInitialized) {
      await dataSource.destroy();
    }
    throw toDatabaseUnavailable(error) ?? error;
  }
}
