import { DataSource, type EntitySchema, type MixedList, type QueryRunner, type ReplicationMode } from 'typeorm';
import { parseDatabaseUrl } from '../config/index.js';
import { DomainError } from '../shared/domain-error.js';
import type { Secret } from '../shared/secret.js';
import { toDatabaseUnavailable } from './database-error.js';
import { MIGRATIONS } from './migrations/index.js';

export type Entities = MixedList<(new () => object) | EntitySchema>;

/** The connection pool of the control plane, not opened yet. Migrations only: `synchronize` would drop columns on MariaDB. */
export function createDataSource(url: Secret, entities: Entities, poolSize: number = 20): DataSource {
  const connection = parseDatabaseUrl(url);
  if (!connection) {
    throw new DomainError(
      'CONFIG_INVALID',
      'HLER_DATABASE_URL must look like mysql://user:password@host:3306/database.',
    );
  }
  const { password, ...where } = connection;
  return new SpeakingDataSource({
    type: 'mariadb',
    ...where,
    password: password.reveal(),
    charset: 'utf8mb4',
    timezone: 'Z',
    entities,
    migrations: [...MIGRATIONS],
    migrationsTransactionMode: 'each',
    synchronize: false,
    poolSize,
    connectTimeout: 5_000,
    // `trace` would capture a stack for every query, in case it fails: a twentieth of the work of the control plane.
    extra: { idleTimeout: 60_000, trace: false },
  });
}

/** Whoever asks outside a unit of work, as every query of the API does, hears DATABASE_UNAVAILABLE too. */
class SpeakingDataSource extends DataSource {
  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    const runner = super.createQueryRunner(mode);
    const query = runner.query.bind(runner) as (...args: readonly unknown[]) => Promise<never>;
    runner.query = (...args: readonly unknown[]): Promise<never> =>
      query(...args).catch((error: unknown) => {
        throw toDatabaseUnavailable(error) ?? error;
      });
    return runner;
  }
}
