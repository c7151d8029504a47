import type { MigrationInterface, QueryRunner } from 'typeorm';

const COLUMNS: readonly (readonly [column: string, definition: string])[] = [
  ['hsts_max_age', 'int NULL'],
  ['hsts_said', 'int NULL'],
  ['hsts_promised_until', 'datetime(3) NULL'],
];

/** What browsers are told, and were told, about HTTPS. */
export class Hsts1790000210000 implements MigrationInterface {
  readonly name = 'Hsts1790000210000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [column, definition] of COLUMNS) {
      await runner.query(`ALTER TABLE sites ADD COLUMN IF NOT EXISTS ${column} ${definition}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [column] of [...COLUMNS].reverse()) {
      await runner.query(`ALTER TABLE sites DROP COLUMN IF EXISTS ${column}`);
    }
  }
}
