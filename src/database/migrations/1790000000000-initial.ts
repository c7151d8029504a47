import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES: readonly (readonly [name: string, definition: string])[] = [
  [
    'clients',
    `
      id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      name varchar(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      label varchar(200) NOT NULL,
      created_at datetime(3) NOT NULL,
      UNIQUE INDEX uq_clients_name (name),
      PRIMARY KEY (id)
    `,
  ],
  [
    'api_tokens',
    `
      id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      hash varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      label varchar(200) NOT NULL,
      role varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      client_id char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
      created_at datetime(3) NOT NULL,
      expires_at datetime(3) NULL,
      revoked_at datetime(3) NULL,
      UNIQUE INDEX uq_api_tokens_hash (hash),
      PRIMARY KEY (id),
      CONSTRAINT fk_api_tokens_client FOREIGN KEY (client_id) REFERENCES clients(id) ON DELETE NO ACTION ON UPDATE NO ACTION
    `,
  ],
  [
    'servers',
    `
      id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      name varchar(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      status varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      signing_key longtext NOT NULL,
      encryption_key longtext NOT NULL,
      queue_password_sha256 varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      http longtext NOT NULL,
      platform_roots longtext NOT NULL,
      state_directory varchar(1024) NOT NULL,
      program_version varchar(64) NULL,
      openssl_version varchar(64) NULL,
      tls_groups longtext NOT NULL,
      disk_free_bytes bigint NULL,
      verified_at datetime(3) NULL,
      last_seen_at datetime(3) NULL,
      created_at datetime(3) NOT NULL,
      UNIQUE INDEX uq_servers_name (name),
      PRIMARY KEY (id)
    `,
  ],
  [
    'platforms',
    `
      id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      name varchar(63) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      server_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      client_id char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
      application varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      source longtext NOT NULL,
      real_path varchar(1024) NULL,
      status varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      verified_at datetime(3) NULL,
      created_at datetime(3) NOT NULL,
      INDEX ix_platforms_server (server_id, id),
      UNIQUE INDEX uq_platforms_name (name),
      PRIMARY KEY (id),
      CONSTRAINT fk_platforms_server FOREIGN KEY (server_id) REFERENCES servers(id) ON DELETE NO ACTION ON UPDATE NO ACTION,
      CONSTRAINT fk_platforms_client FOREIGN KEY (client_id) REFERENCES clients(id) ON DELETE NO ACTION ON UPDATE NO ACTION
    `,
  ],
  [
    'sites',
    `
      id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      uri varchar(253) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      platform_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      server_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      client_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      https varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      status varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      http_status int NULL,
      served_certificate varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
      verified_at datetime(3) NULL,
      created_at datetime(3) NOT NULL,
      INDEX ix_sites_uri (uri),
      INDEX ix_sites_platform (platform_id, id),
      INDEX ix_sites_server (server_id, id),
      INDEX ix_sites_client (client_id, id),
      PRIMARY KEY (id),
      CONSTRAINT fk_sites_platform FOREIGN KEY (platform_id) REFERENCES platforms(id) ON DELETE NO ACTION ON UPDATE NO ACTION,
      CONSTRAINT fk_sites_server FOREIGN KEY (server_id) REFERENCES servers(id) ON DELETE NO ACTION ON UPDATE NO ACTION,
      CONSTRAINT fk_sites_client FOREIGN KEY (client_id) REFERENCES clients(id) ON DELETE NO ACTION ON UPDATE NO ACTION
    `,
  ],
  [
    'site_names',
    `
      id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      site_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      name varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      role varchar(8) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      redirect_to varchar(253) CHARACTER SET ascii COLLATE ascii_bin NULL,
      status varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      created_at datetime(3) NOT NULL,
      INDEX ix_site_names_site (site_id),
      UNIQUE INDEX uq_site_names_name (name),
      PRIMARY KEY (id),
      CONSTRAINT fk_site_names_site FOREIGN KEY (site_id) REFERENCES sites(id) ON DELETE CASCADE ON UPDATE NO ACTION
    `,
  ],
  [
    'certificates',
    `
      id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      client_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      server_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      provider varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      key_type varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      status varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      spki varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
      names longtext NOT NULL,
      serial varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
      issuer varchar(1000) NULL,
      not_before datetime(3) NULL,
      not_after datetime(3) NULL,
      fingerprint varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
      chain_pem longtext NULL,
      created_at datetime(3) NOT NULL,
      updated_at datetime(3) NOT NULL,
      INDEX ix_certificates_not_after (status, not_after),
      INDEX ix_certificates_spki (spki),
      INDEX ix_certificates_server (server_id, id),
      INDEX ix_certificates_client (client_id, id),
      PRIMARY KEY (id),
      CONSTRAINT fk_certificates_client FOREIGN KEY (client_id) REFERENCES clients(id) ON DELETE NO ACTION ON UPDATE NO ACTION,
      CONSTRAINT fk_certificates_server FOREIGN KEY (server_id) REFERENCES servers(id) ON DELETE NO ACTION ON UPDATE NO ACTION
    `,
  ],
  [
    'certificate_names',
    `
      certificate_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      name varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      INDEX ix_certificate_names_name (name, certificate_id),
      PRIMARY KEY (certificate_id, name),
      CONSTRAINT fk_certificate_names_certificate FOREIGN KEY (certificate_id) REFERENCES certificates(id) ON DELETE CASCADE ON UPDATE NO ACTION
    `,
  ],
  [
    'operations',
    `
      id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      seq bigint NOT NULL AUTO_INCREMENT,
      kind varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      subject_type varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      subject_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      subject_label varchar(255) NOT NULL,
      client_id char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
      server_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      state varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      attempt int NOT NULL,
      plan_id char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
      input longtext NOT NULL,
      locks longtext NOT NULL,
      writes longtext NOT NULL,
      on_failure longtext NOT NULL,
      failure longtext NULL,
      warnings longtext NOT NULL,
      cancel_requested_at datetime(3) NULL,
      retry_of char(36) CHARACTER SET ascii COLLATE ascii_bin NULL,
      requested_by varchar(255) NOT NULL,
      created_at datetime(3) NOT NULL,
      not_before datetime(3) NULL,
      dispatched_at datetime(3) NULL,
      started_at datetime(3) NULL,
      finished_at datetime(3) NULL,
      lease_until datetime(3) NULL,
      relayed_through int NOT NULL,
      last_event int NOT NULL,
      INDEX ix_operations_lease (lease_until),
      INDEX ix_operations_client (client_id, id),
      INDEX ix_operations_subject (subject_type, subject_id, id),
      INDEX ix_operations_state (state, seq),
      UNIQUE INDEX uq_operations_seq (seq),
      PRIMARY KEY (id)
    `,
  ],
  [
    'operation_tasks',
    `
      operation_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      position int NOT NULL,
      name varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      state varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      planned longtext NOT NULL,
      started_at datetime(3) NULL,
      finished_at datetime(3) NULL,
      PRIMARY KEY (operation_id, position),
      CONSTRAINT fk_operation_tasks_operation FOREIGN KEY (operation_id) REFERENCES operations(id) ON DELETE CASCADE ON UPDATE NO ACTION
    `,
  ],
  [
    'operation_events',
    `
      operation_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      position int NOT NULL,
      type varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      at datetime(3) NOT NULL,
      status varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      task varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
      message varchar(4000) NULL,
      PRIMARY KEY (operation_id, position),
      CONSTRAINT fk_operation_events_operation FOREIGN KEY (operation_id) REFERENCES operations(id) ON DELETE CASCADE ON UPDATE NO ACTION
    `,
  ],
  [
    'operation_locks',
    `
      operation_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      subject varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      mode varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      seq bigint NOT NULL,
      INDEX ix_operation_locks_subject (subject, mode, seq),
      PRIMARY KEY (operation_id, subject),
      CONSTRAINT fk_operation_locks_operation FOREIGN KEY (operation_id) REFERENCES operations(id) ON DELETE CASCADE ON UPDATE NO ACTION
    `,
  ],
  [
    'lock_subjects',
    `
      subject varchar(80) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
      PRIMARY KEY (subject)
    `,
  ],
];

/** The tables of the first release. Every index and foreign key has a name, because later migrations will need it. */
export class Initial1790000000000 implements MigrationInterface {
  readonly name = 'Initial1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const [table, definition] of TABLES) {
      // DDL commits by itself on MariaDB: a migration that died half-way goes on where it stopped.
      await runner.query(
        `CREATE TABLE IF NOT EXISTS ${table} (${definition}) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table] of [...TABLES].reverse()) {
      await runner.query(`DROP TABLE IF EXISTS ${table}`);
    }
  }
}
