import { readFile, rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { execa } from 'execa';
import { errno, writeFileDurably, type StatePaths } from '../config/index.js';
import { DomainError } from '../shared/domain-error.js';
import { Secret } from '../shared/secret.js';
import type { PrivateCredentials } from './credentials.js';
import { findProgram } from './find-program.js';
import {
  endLeftovers,
  serviceEnvironment,
  type PrivateService,
  type PrivateServiceOptions,
} from './private-service.js';
import { mergeAclFile, REDIS_USER, redisArguments } from './redis-settings.js';
import { resolveServiceUser } from './resolve-service-user.js';
import { makeSocketDirectory, socketDirectoryOf } from './socket-directory.js';
import { makeServiceDirectory } from './state-directories.js';
import { SupervisedProcess } from './supervised-process.js';

/** A large append-only file is read before the first answer. */
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;
const PING_WITHIN_MS = 1_000;

/** Where the private Redis of a root listens. */
export function redisSocket(paths: StatePaths): string {
  return join(socketDirectoryOf(paths), 'redis', 'redis.sock');
}

/** For ioredis: the user of the control plane, over the socket. */
export function redisUrl(paths: StatePaths, credentials: PrivateCredentials): Secret {
  const socket = encodeURIComponent(redisSocket(paths));
  return new Secret(`redis://${REDIS_USER}:${credentials.redis.reveal()}@localhost/0?path=${socket}`);
}

/**
 * Starts the Redis of this root and returns when it answers. It is restarted when it crashes, and reached by its socket
 * and a password alone.
 * @throws DomainError PROGRAM_MISSING, QUEUE_UNAVAILABLE, DISK_FULL, READ_ONLY, CONFIG_INVALID
 */
export async function startPrivateRedis(options: PrivateServiceOptions): Promise<PrivateService> {
  const { paths, credentials, programPath, durability, log } = options;
  const file = await findProgram({ name: 'redis-server', package: 'redis-server' }, programPath);
  const sockets = await makeSocketDirectory(paths);
  const user = await resolveServiceUser('Redis', 'redis', [paths.root, sockets]);
  log.info(user.message);

  const run = join(sockets, 'redis');
  await makeServiceDirectory(run, user.account);
  await makeServiceDirectory(paths.redis, user.account);
  await endLeftovers(file, paths.redis, STOP_WITHIN_MS, log);

  const places = { dataDirectory: paths.redis, socket: redisSocket(paths), aclFile: join(paths.redis, 'users.acl') };
  await writeAclFile(places.aclFile, credentials.redis, await versionOf(file));
  const server = await SupervisedProcess.start(
    {
      name: 'Redis',
      file,
      args: redisArguments(places, durability),
      cwd: paths.redis,
      env: serviceEnvironment(paths.redis, programPath),
      account: user.account,
      logFile: join(paths.log, 'redis.log'),
      answers: () => answers(places.socket, credentials.redis),
      readyWithinMs: READY_WITHIN_MS,
      stopWithinMs: STOP_WITHIN_MS,
      unavailable: 'QUEUE_UNAVAILABLE',
    },
    log,
  );
  return {
    url: redisUrl(paths, credentials),
    get pid() {
      return server.pid;
    },
    async stop() {
      await server.stop();
      await rm(run, { recursive: true, force: true });
    },
  };
}

async function writeAclFile(path: string, password: Secret, version: string): Promise<void> {
  const existing = await readFile(path, 'utf8').catch((error: unknown) => {
    if (errno(error) === 'ENOENT') {
      return '';
    }
    throw error;
  });
  // Readable by the service's user, which alone may enter the directory.
  await writeFileDurably(path, mergeAclFile(existing, password, version), 0o644);
}

async function versionOf(file: string): Promise<string> {
  const { stdout } = await execa(file, ['--version'], {
    extendEnv: false,
    env: { LANG: 'C' },
    reject: false,
    timeout: 10_000,
  });
  const version = /\bv=(\d+\.\d+\.\d+)/.exec(stdout ?? '')?.[1];
  if (version === undefined) {
    throw new DomainError(
      'QUEUE_UNAVAILABLE',
      `${file} does not tell its version: reinstall the package redis-server.`,
    );
  }
  return version;
}

/** AUTH and PING as inline commands: true only when our user can log in and the data is loaded. */
async function answers(socket: string, password: Secret): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection({ path: socket, timeout: PING_WITHIN_MS });
    let received = '';
    const settle = (answer: boolean) => {
      connection.destroy();
      resolve(answer);
    };
    connection.on('connect', () => connection.write(`AUTH ${REDIS_USER} ${password.reveal()}\r\nPING\r\n`));
    connection.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (received.split('\r\n').length > 2) {
        settle(received.startsWith('+OK\r\n+PONG\r\n'));
      }
    });
    connection.on('timeout', () => settle(false));
    connection.on('error', () => settle(false));
    connection.on('close', () => resolve(false));
  });
}
