import type { MigrationInterface, QueryRunner } from 'typeorm';

const WORD = 'CHARACTER SET ascii COLLATE ascii_bin';
const TABLE = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci';

/** How far the limits of CAs are used up, and by which operations that are on their way. */
export class CaLimits1790000530000 implements MigrationInterface {
  readonly name = 'CaLimits1790000530000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE IF NOT EXISTS ca_limit_levels (
      id char(64) ${WORD} NOT NULL,
      full_at datetime(3) NOT NULL,
      INDEX ix_ca_limit_levels_full (full_at),
      PRIMARY KEY (id)
    ) ${TABLE}`);
    await runner.query(`CREATE TABLE IF NOT EXISTS ca_order_charges (
      operation_id char(36) ${WORD} NOT NULL,
      directory_url varchar(2000) NOT NULL,
      limits varchar(16) ${WORD} NOT NULL,
      account_id varchar(80) ${WORD} NOT NULL,
      draws longtext NOT NULL,
      PRIMARY KEY (operation_id)
    ) ${TABLE}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE IF EXISTS ca_order_charges');
    await runner.query('DROP TABLE IF EXISTS ca_limit_levels');
  }
}
