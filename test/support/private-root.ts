import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { loadConfig, type Config } from '../../src/config/index.js';
import type { Log } from '../../src/private-services/index.js';
import { findProcesses } from '../../src/private-services/process-table.js';
import type { PlainObject } from '../../src/shared/plain.js';

/** A log that a test can look into. */
export interface TestLog extends Log {
  readonly lines: string[];
}

export function aLog(): TestLog {
  const lines: string[] = [];
  const add = (level: string) => (message: string, details?: PlainObject) => {
    lines.push(`${level}: ${message}${details ? ` ${JSON.stringify(details)}` : ''}`);
  };
  return { lines, info: add('info'), warn: add('warn'), error: add('error') };
}

/** A HLER_ROOT of its own, in a temporary directory. */
export interface PrivateRoot {
  readonly config: Config;
  /** Removes it. Throws when a server still runs in it, and ends that server. */
  remove(): Promise<void>;
}

/** `mode` 0755 lets other accounts in, as under /var/lib; `below` makes the root deeper. */
export async function aPrivateRoot({ mode = 0o700, below = '' } = {}): Promise<PrivateRoot> {
  const directory = await mkdtemp(join(tmpdir(), 'hler-test-'));
  await chmod(directory, mode);
  const config = configOf(join(directory, below));
  return {
    config,
    async remove() {
      const left = await runningServers(config);
      left.forEach((pid) => process.kill(pid, 'SIGKILL'));
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
      if (left.length > 0) {
        throw new Error(`Servers were left running: ${left.join(', ')}.`);
      }
    },
  };
}

export function configOf(root: string): Config {
  return loadConfig('up', { env: { HLER_ROOT: root }, cwd: '/', home: '/', cores: 1 });
}

/** Pids of the private servers that run in this root, whoever started them. */
export async function runningServers({ paths }: Config): Promise<readonly number[]> {
  const queries = [
    { program: 'mariadbd', workingDirectory: paths.mariadb },
    { program: basename(await realpath('/usr/bin/redis-server')), workingDirectory: paths.redis },
  ];
  const found = await Promise.all(queries.map((query) => findProcesses(query).catch(() => [])));
  return found.flat().map(({ pid }) => pid);
}
