import type { MigrationInterface, QueryRunner } from 'typeorm';

const WORD = 'CHARACTER SET ascii COLLATE ascii_bin';

/** What happened to certificates, for those who watch them. No foreign keys: events outlive what they tell of. */
export class CertificateEvents1790000500000 implements MigrationInterface {
  readonly name = 'CertificateEvents1790000500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE IF NOT EXISTS certificate_events (
      id char(36) ${WORD} NOT NULL,
      type varchar(16) ${WORD} NOT NULL,
      at datetime(3) NOT NULL,
      certificate_id char(36) ${WORD} NOT NULL,
      client_id char(36) ${WORD} NOT NULL,
      label varchar(255) NOT NULL,
      message varchar(2000) NOT NULL,
      details longtext NOT NULL,
      INDEX ix_certificate_events_certificate (certificate_id, id),
      INDEX ix_certificate_events_client (client_id, id),
      PRIMARY KEY (id)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`);
    await runner.query(`CREATE TABLE IF NOT EXISTS event_heads (
      stream varchar(64) ${WORD} NOT NULL,
      last_id char(36) ${WORD} NULL,
      PRIMARY KEY (stream)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS event_heads');
    await runner.query('DROP TABLE IF EXISTS certificate_events');
  }
}
