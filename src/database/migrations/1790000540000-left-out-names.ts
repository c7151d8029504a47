import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is remembered of names that certificates were issued without. */
export class LeftOutNames1790000540000 implements MigrationInterface {
  readonly name = 'LeftOutNames1790000540000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE certificate_renewals ADD COLUMN IF NOT EXISTS left_out longtext NULL');
    // Those that lack names now: the scheduler looks at them at its next tick, and from then on as they need it.
    await runner.query(
      `UPDATE certificates SET due_at = UTC_TIMESTAMP(3) WHERE status = 'ACTIVE' AND refused_names <> '[]'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE certificate_renewals DROP COLUMN IF EXISTS left_out');
  }
}
