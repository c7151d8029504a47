import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS: readonly (readonly [table: string, column: string, definition: string])[] = [
  ['servers', 'php_socket', 'varchar(1024) NULL'],
  ['platforms', 'version', 'varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL'],
  ['platforms', 'docroot', 'varchar(1024) NULL'],
  ['sites', 'php_socket', 'varchar(1024) NULL'],
];

/** What Drupal sites need: the version and document root of a code base, and where PHP listens. */
export class Drupal1790000100000 implements MigrationInterface {
  readonly name = 'Drupal1790000100000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, column, definition] of COLUMNS) {
      await runner.query(`ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS ${column} ${definition}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, column] of [...COLUMNS].reverse()) {
      await runner.query(`ALTER TABLE ${table} DROP COLUMN IF EXISTS ${column}`);
    }
  }
}
