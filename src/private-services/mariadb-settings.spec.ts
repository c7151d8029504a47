import { describe, expect, it } from 'vitest';
import { Secret } from '../shared/secret.js';
import { mariadbAccountsSql, mariadbArguments, mariadbInstallArguments } from './mariadb-settings.js';

const places = {
  dataDirectory: '/s/mariadb',
  temporaryDirectory: '/s/mariadb.tmp',
  socket: '/s/run/m.sock',
  pidFile: '/s/run/m.pid',
  accountsFile: '/s/run/accounts.sql',
  runAsRoot: false,
};

describe('mariadbArguments', () => {
  it('is durable by default, and reached by its socket alone', () => {
    expect(mariadbArguments(places, 'durable')).toEqual([
      '--no-defaults',
      '--datadir=/s/mariadb',
      '--tmpdir=/s/mariadb.tmp',
      '--socket=/s/run/m.sock',
      '--pid-file=/s/run/m.pid',
      '--init-file=/s/run/accounts.sql',
      '--skip-networking',
      '--skip-name-resolve',
      '--skip-log-bin',
      '--default-time-zone=+00:00',
      '--character-set-server=utf8mb4',
      '--collation-server=utf8mb4_unicode_ci',
      '--transaction-isolation=READ-COMMITTED',
      '--max-allowed-packet=64M',
      '--local-infile=0',
      '--innodb-flush-log-at-trx-commit=1',
    ]);
  });

  it('names root where it has to be root', () => {
    expect(mariadbArguments({ ...places, runAsRoot: true }, 'relaxed').slice(0, 2)).toEqual([
      '--no-defaults',
      '--user=root',
    ]);
    expect(mariadbInstallArguments({ ...places, runAsRoot: true })).toEqual([
      '--no-defaults',
      '--user=root',
      '--datadir=/s/mariadb',
      '--tmpdir=/s/mariadb.tmp',
      '--auth-root-authentication-method=socket',
      '--skip-test-db',
      '--skip-name-resolve',
    ]);
  });
});

describe('mariadbAccountsSql', () => {
  it('gives every account a password, as a hash', () => {
    // PASSWORD('mariadb') and PASSWORD('root') as MariaDB computes them.
    const sql = mariadbAccountsSql({ mariadb: new Secret('mariadb'), mariadbRoot: new Secret('root') });
    expect(sql).toBe(
      [
        'CREATE DATABASE IF NOT EXISTS hler CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;',
        "CREATE USER IF NOT EXISTS 'hler'@'localhost' IDENTIFIED VIA mysql_native_password USING '*54958E764CE10E50764C2EECBB71D01F08549980';",
        "ALTER USER 'hler'@'localhost' IDENTIFIED VIA mysql_native_password USING '*54958E764CE10E50764C2EECBB71D01F08549980';",
        "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON hler.* TO 'hler'@'localhost';",
        "ALTER USER 'root'@'localhost' IDENTIFIED VIA mysql_native_password USING '*81F5E21E35407D884A6CD4A731AEBFB6AF209E1B';",
        '',
      ].join('\n'),
    );
  });
});
