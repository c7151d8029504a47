import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who is asked when the CA of a provider fails. */
export class ProviderBackups1790000520000 implements MigrationInterface {
  readonly name = 'ProviderBackups1790000520000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE certificate_providers ADD COLUMN IF NOT EXISTS backup_id char(36) CHARACTER SET ascii COLLATE ascii_bin NULL',
    );
    await runner.query(
      `ALTER TABLE certificate_providers ADD CONSTRAINT fk_certificate_providers_backup FOREIGN KEY IF NOT EXISTS (backup_id)
        REFERENCES certificate_providers(id) ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE certificate_providers DROP FOREIGN KEY IF EXISTS fk_certificate_providers_backup');
    await runner.query('ALTER TABLE certificate_providers DROP COLUMN IF EXISTS backup_id');
  }
}
