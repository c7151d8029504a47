import { readOrMakeCredentials } from '../../src/private-services/credentials.js';
import { startPrivateRedis } from '../../src/private-services/private-redis.js';
import { makeStateDirectories } from '../../src/private-services/state-directories.js';
import type { Secret } from '../../src/shared/secret.js';
import { aLog, aPrivateRoot } from './private-root.js';

/** A real Redis for one test file: the private one of `hler up`, with relaxed durability. */
export interface TestRedis {
  /** The user of the control plane, with all rights. */
  readonly url: Secret;
  /** Of the server now. */
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

export async function startTestRedis(): Promise<TestRedis> {
  const root = await aPrivateRoot();
  const { paths, programPath } = root.config;
  await makeStateDirectories(paths);
  const credentials = await readOrMakeCredentials(paths);
  const server = await startPrivateRedis({ paths, credentials, programPath, durability: 'relaxed', log: aLog() });
  return {
    url: server.url,
    get pid() {
      return server.pid;
    },
    async stop() {
      await server.stop();
      await root.remove();
    },
  };
}
