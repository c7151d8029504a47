import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { mariadbArguments, mariadbInstallArguments } from '../src/private-services/mariadb-settings.js';
import { stoppable } from './cleanup.js';
import { end, mustRun, usageOf, type Usage } from './processes.js';

export interface BareStart {
  readonly ms: number;
  readonly usages: readonly Usage[];
}

/** MariaDB (with the product's own arguments; installed first where it is not), Redis and a node that loads nothing. */
export async function startBare(root: string): Promise<BareStart> {
  const places = {
    dataDirectory: join(root, 'mariadb'),
    temporaryDirectory: join(root, 'tmp'),
    socket: join(root, 'mariadb.sock'),
    pidFile: join(root, 'mariadb.pid'),
    accountsFile: join(root, 'accounts.sql'),
    runAsRoot: process.getuid?.() === 0,
  };
  const redisSocket = join(root, 'redis.sock');
  await mkdir(places.temporaryDirectory, { recursive: true });
  await writeFile(places.accountsFile, 'SELECT 1;\n');
  const began = performance.now();
  const redis = spawn(
    'redis-server',
    ['--port', '0', '--unixsocket', redisSocket, '--dir', root, '--appendonly', 'yes'],
    { stdio: 'ignore' },
  );
  const node = mustRun(process.execPath, ['-e', '0']);
  if (!existsSync(places.dataDirectory)) {
    await mustRun('mariadb-install-db', mariadbInstallArguments(places));
  }
  const mariadb = spawn('mariadbd', [...mariadbArguments(places, 'durable')], { stdio: 'ignore' });
  const stop = stoppable(async () => {
    await Promise.all([end(mariadb), end(redis)]);
  });
  try {
    await Promise.all([node, firstWord(places.socket, ''), firstWord(redisSocket, 'PING\r\n')]);
    return { ms: performance.now() - began, usages: usageOf(root) };
  } finally {
    await stop();
  }
}

/** Resolves when who listens on the socket has said something. */
async function firstWord(path: string, greeting: string): Promise<void> {
  for (const until = performance.now() + 30_000; performance.now() < until;) {
    const heard = await new Promise<boolean>((resolve) => {
      const socket = connect(path, () => socket.write(greeting));
      socket.once('data', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (heard) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`Nobody answers on ${path}.`);
}
