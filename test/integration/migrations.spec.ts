import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/database/data-source.js';
import { MIGRATIONS } from '../../src/database/migrations/index.js';
import { ENTITIES } from '../../src/entities.js';
import { startTestMariadb, type TestMariadb } from '../support/private-mariadb.js';

let mariadb: TestMariadb;
beforeAll(async () => {
  mariadb = await startTestMariadb();
});
afterAll(() => mariadb?.stop());

async function anEmptyDatabase(): Promise<DataSource> {
  const dataSource = createDataSource(await mariadb.createDatabase(), ENTITIES, 2);
  await dataSource.initialize();
  onTestFinished(() => dataSource.destroy());
  return dataSource;
}

async function tables(dataSource: DataSource): Promise<string[]> {
  const rows = await dataSource.query<{ name: string }[]>(
    'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1',
  );
  return rows.map(({ name }) => name);
}

async function definitions(dataSource: DataSource): Promise<string[]> {
  const made = (await tables(dataSource)).map((table) =>
    dataSource.query<{ 'Create Table': string }[]>(`SHOW CREATE TABLE ${table}`),
  );
  return (await Promise.all(made)).map(([row]) => row!['Create Table'].replace(/ AUTO_INCREMENT=\d+/, ''));
}

describe('migrations', () => {
  it('make what the entities say, to the last index', async () => {
    const dataSource = await anEmptyDatabase();
    await dataSource.runMigrations();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('go up, down and up again, to the same tables', async () => {
    const dataSource = await anEmptyDatabase();
    await dataSource.runMigrations();
    const first = await definitions(dataSource);
    for (const _ of MIGRATIONS) {
      await dataSource.undoLastMigration();
    }
    expect(await tables(dataSource)).toEqual(['migrations']);
    await dataSource.runMigrations();
    expect(await definitions(dataSource)).toEqual(first);
    expect(await dataSource.runMigrations()).toEqual([]);
  });

  it('go on after one that died half-way', async () => {
    const whole = await anEmptyDatabase();
    await whole.runMigrations();
    const half = await anEmptyDatabase();
    await half.runMigrations();
    await half.query('DELETE FROM migrations');
    await half.query('DROP TABLE lock_subjects, operation_locks, operation_events');
    await half.runMigrations();
    expect(await definitions(half)).toEqual(await definitions(whole));
  });

  it('name every index and foreign key by our own rule', async () => {
    const dataSource = await anEmptyDatabase();
    await dataSource.runMigrations();
    const indexes = await dataSource.query<{ name: string }[]>(
      `SELECT DISTINCT index_name AS name FROM information_schema.statistics WHERE table_schema = DATABASE()
       UNION SELECT constraint_name FROM information_schema.referential_constraints WHERE constraint_schema = DATABASE()`,
    );
    expect(indexes.map(({ name }) => name).filter((name) => !/^(PRIMARY|(uq|ix|fk)_[a-z_]+)$/.test(name))).toEqual([]);
  });
});
