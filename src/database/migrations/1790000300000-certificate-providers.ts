import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES: readonly (readonly [name: string, definition: string])[] = [
  [
    'certificate_providers',
    `
      id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      name varchar(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      owner varchar(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      client_id char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
      acme longtext NOT NULL,
      created_at datetime(3) NOT NULL,
      UNIQUE INDEX uq_certificate_providers_name (owner, name),
      PRIMARY KEY (id),
      CONSTRAINT fk_certificate_providers_client FOREIGN KEY (client_id) REFERENCES clients(id) ON DELETE NO ACTION ON UPDATE NO ACTION
    `,
  ],
  [
    'certificate_policies',
    `
      scope varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      scope_id varchar(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      provider varchar(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
      key_type varchar(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
      profile varchar(100) CHARACTER SET ascii COLLATE ascii_bin NULL,
      INDEX ix_certificate_policies_provider (provider),
      PRIMARY KEY (scope, scope_id)
    `,
  ],
];

const COLUMNS: readonly (readonly [column: string, definition: string])[] = [
  ['provider_id', 'char(36) CHARACTER SET ascii COLLATE ascii_bin NULL'],
  ['profile', 'varchar(100) CHARACTER SET ascii COLLATE ascii_bin NULL'],
  ['requested_names', 'longtext NOT NULL'],
  ['refused_names', 'longtext NOT NULL'],
  ['ari_id', 'varchar(255) CHARACTER SET ascii COLLATE ascii_bin NULL'],
  ['acme_directory_url', 'varchar(2000) NULL'],
  ['acme_account_url', 'varchar(2000) NULL'],
  ['acme_profile', 'varchar(100) CHARACTER SET ascii COLLATE ascii_bin NULL'],
];

/** CAs that certificates can come from, whose certificates come from which, and what a CA calls a certificate. */
export class CertificateProviders1790000300000 implements MigrationInterface {
  readonly name = 'CertificateProviders1790000300000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [name, definition] of TABLES) {
      await runner.query(`CREATE TABLE IF NOT EXISTS ${name} (${definition}) ENGINE=InnoDB`);
    }
    for (const [column, definition] of COLUMNS) {
      await runner.query(`ALTER TABLE certificates ADD COLUMN IF NOT EXISTS ${column} ${definition}`);
    }
    await runner.query(`UPDATE certificates SET requested_names = names WHERE requested_names = ''`);
    await runner.query(`UPDATE certificates SET refused_names = '[]' WHERE refused_names = ''`);
    await runner.query(
      `ALTER TABLE certificates ADD CONSTRAINT fk_certificates_provider FOREIGN KEY IF NOT EXISTS (provider_id)
        REFERENCES certificate_providers(id) ON DELETE NO ACTION ON UPDATE NO ACTION`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE certificates DROP FOREIGN KEY IF EXISTS fk_certificates_provider');
    for (const [column] of [...COLUMNS].reverse()) {
      await runner.query(`ALTER TABLE certificates DROP COLUMN IF EXISTS ${column}`);
    }
    for (const [name] of [...TABLES].reverse()) {
      await runner.query(`DROP TABLE IF EXISTS ${name}`);
    }
  }
}
