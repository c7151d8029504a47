import { createConnection } from 'mysql2/promise';
import { readOrMakeCredentials } from '../../src/private-services/credentials.js';
import { MARIADB_PRIVILEGES, MARIADB_USER } from '../../src/private-services/mariadb-settings.js';
import { mariadbSocket, startPrivateMariadb } from '../../src/private-services/private-mariadb.js';
import { makeStateDirectories } from '../../src/private-services/state-directories.js';
import { Secret } from '../../src/shared/secret.js';
import { aLog, aPrivateRoot } from './private-root.js';

/** A real MariaDB for one test file: the private one of `hler up`, with relaxed durability. */
export interface TestMariadb {
  /** The account of the control plane, on its database `hler`. */
  readonly url: Secret;
  /** Another empty database, with the same rights for the same account. */
  createDatabase(): Promise<Secret>;
  /** Runs SQL as root. */
  asRoot(sql: string): Promise<unknown>;
  /** Of the server now. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

export async function startTestMariadb(): Promise<TestMariadb> {
  const root = await aPrivateRoot();
  const { paths, programPath } = root.config;
  await makeStateDirectories(paths);
  const credentials = await readOrMakeCredentials(paths);
  const server = await startPrivateMariadb({ paths, credentials, programPath, durability: 'relaxed', log: aLog() });
  let databases = 0;

  async function asRoot(sql: string): Promise<unknown> {
    const connection = await createConnection({
      socketPath: mariadbSocket(paths),
      user: 'root',
      password: credentials.mariadbRoot.reveal(),
      multipleStatements: true,
    });
    try {
      const [rows] = await connection.query(sql);
      return rows;
    } finally {
      await connection.end();
    }
  }

  return {
    url: server.url,
    asRoot,
    async createDatabase() {
      databases += 1;
      const name = `hler_${databases}`;
      await asRoot(
        `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;` +
          `GRANT ${MARIADB_PRIVILEGES} ON ${name}.* TO '${MARIADB_USER}'@'localhost'`,
      );
      return new Secret(server.url.reveal().replace('@localhost/hler?', `@localhost/${name}?`));
    },
    get pid() {
      return server.pid;
    },
    async stop() {
      await server.stop();
      await root.remove();
    },
  };
}
