import type { MigrationInterface, QueryRunner } from 'typeorm';

const WORD = 'CHARACTER SET ascii COLLATE ascii_bin';

/** Renewal: when to look at a certificate next, what is remembered of it, and who may do so. */
export class Renewal1790000400000 implements MigrationInterface {
  readonly name = 'Renewal1790000400000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE certificates ADD COLUMN IF NOT EXISTS due_at datetime(3) NULL');
    await runner.query('CREATE INDEX IF NOT EXISTS ix_certificates_due ON certificates (due_at, client_id)');
    await runner.query(`CREATE TABLE IF NOT EXISTS certificate_renewals (
      certificate_id char(36) ${WORD} NOT NULL,
      state longtext NOT NULL,
      operation_id char(36) ${WORD} NULL,
      planned_for varchar(64) ${WORD} NULL,
      last_operation_id char(36) ${WORD} NULL,
      last_attempt_at datetime(3) NULL,
      alarm longtext NULL,
      served_problem varchar(1000) NULL,
      served_checked_at datetime(3) NULL,
      INDEX ix_certificate_renewals_operation (operation_id),
      PRIMARY KEY (certificate_id),
      CONSTRAINT fk_certificate_renewals_certificate FOREIGN KEY (certificate_id) REFERENCES certificates(id) ON DELETE CASCADE ON UPDATE NO ACTION
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`);
    await runner.query(`CREATE TABLE IF NOT EXISTS leases (
      name varchar(64) ${WORD} NOT NULL,
      holder varchar(64) ${WORD} NOT NULL,
      token bigint NOT NULL,
      expires_at datetime(3) NOT NULL,
      PRIMARY KEY (name)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`);
    // Those that are in force already: each at three fifths of its life, not all at once.
    await runner.query(`UPDATE certificates
      SET due_at = TIMESTAMPADD(SECOND, TIMESTAMPDIFF(SECOND, not_before, not_after) * 3 DIV 5, not_before)
      WHERE status = 'ACTIVE' AND not_after IS NOT NULL AND due_at IS NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS leases');
    await runner.query('DROP TABLE IF EXISTS certificate_renewals');
    await runner.query('DROP INDEX IF EXISTS ix_certificates_due ON certificates');
    await runner.query('ALTER TABLE certificates DROP COLUMN IF EXISTS due_at');
  }
}
