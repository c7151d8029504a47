import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS: readonly (readonly [table: string, column: string, definition: string])[] = [
  ['operations', 'sealed', 'longtext NULL'],
  ['certificates', 'csr_pem', 'longtext NULL'],
];

/** Keys that are uploaded, sealed to their server until their operation has ended; requests for certificates. */
export class Uploads1790000350000 implements MigrationInterface {
  readonly name = 'Uploads1790000350000';

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
