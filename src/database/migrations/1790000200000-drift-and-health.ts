import type { MigrationInterface, QueryRunner } from 'typeorm';

const DRIFTS = `CREATE TABLE IF NOT EXISTS operation_drifts (
  operation_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position int NOT NULL,
  drift longtext NOT NULL,
  PRIMARY KEY (operation_id, position),
  CONSTRAINT fk_operation_drifts_operation FOREIGN KEY (operation_id) REFERENCES operations(id) ON DELETE CASCADE ON UPDATE NO ACTION
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`;

/** What dry runs find, and what the last verification of a server found out about the machine. */
export class DriftAndHealth1790000200000 implements MigrationInterface {
  readonly name = 'DriftAndHealth1790000200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(DRIFTS);
    await runner.query('ALTER TABLE servers ADD COLUMN IF NOT EXISTS health longtext NULL');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE servers DROP COLUMN IF EXISTS health');
    await runner.query('DROP TABLE IF EXISTS operation_drifts');
  }
}
