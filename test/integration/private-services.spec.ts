import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Redis } from 'ioredis';
import { createConnection, type Connection } from 'mysql2/promise';
import { afterEach, describe, expect, it } from 'vitest';
import { parseDatabaseUrl } from '../../src/config/index.js';
import { PrivateServices, privateUrls } from '../../src/private-services/index.js';
import { socketDirectoryOf } from '../../src/private-services/socket-directory.js';
import type { Secret } from '../../src/shared/secret.js';
import { eventually } from '../support/eventually.js';
import { aLog, aPrivateRoot, runningServers, type PrivateRoot } from '../support/private-root.js';

const isRoot = process.geteuid?.() === 0;
const relaxed = { durability: 'relaxed' } as const;
const roots: PrivateRoot[] = [];
const started: PrivateServices[] = [];

async function aRoot(options?: Parameters<typeof aPrivateRoot>[0]): Promise<PrivateRoot> {
  const root = await aPrivateRoot(options);
  roots.push(root);
  return root;
}

async function start(root: PrivateRoot, log = aLog()): Promise<PrivateServices> {
  const services = await PrivateServices.start(root.config, log, relaxed);
  started.push(services);
  return services;
}

async function query(url: Secret, sql: string): Promise<unknown> {
  const connection = await createConnection(url.reveal());
  try {
    return (await connection.query({ sql, rowsAsArray: true }))[0];
  } finally {
    await connection.end();
  }
}

async function withRedis<T>(url: Secret | string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(typeof url === 'string' ? url : url.reveal(), { maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}

afterEach(async () => {
  await Promise.all(started.splice(0).map((services) => services.stop()));
  for (const root of roots.splice(0)) {
    await root.remove();
  }
});

describe('the private services', () => {
  it('answer over sockets, keep their data from start to start, and are gone when stopped', async () => {
    const root = await aRoot();
    const first = await start(root);
    await query(first.databaseUrl, 'CREATE TABLE kept (word VARCHAR(20))');
    await query(first.databaseUrl, "INSERT INTO kept VALUES ('Ægir')");
    await withRedis(first.redisUrl, (redis) => redis.multi().set('kept', 'Hlér').set('with', 'it').exec());
    await first.stop();
    await first.stop();
    expect(await runningServers(root.config)).toEqual([]);

    const second = await start(root);
    expect(second.databaseUrl.reveal()).toBe(first.databaseUrl.reveal());
    expect(await query(second.databaseUrl, 'SELECT word FROM kept')).toEqual([['Ægir']]);
    expect(await withRedis(second.redisUrl, (redis) => redis.get('kept'))).toBe('Hlér');
    const urls = await privateUrls(root.config.paths);
    expect(urls?.databaseUrl.reveal()).toBe(second.databaseUrl.reveal());
    expect(urls?.redisUrl.reveal()).toBe(second.redisUrl.reveal());
  });

  it('are durable unless told otherwise, and set up as the control plane needs them', async () => {
    const root = await aRoot();
    const services = await PrivateServices.start(root.config, aLog());
    started.push(services);
    const settings = `SELECT @@innodb_flush_log_at_trx_commit, @@innodb_doublewrite, @@skip_networking, @@global.time_zone,
      @@character_set_server, @@tx_isolation, @@log_bin`;
    expect(await query(services.databaseUrl, settings)).toEqual([[1, 1, 1, '+00:00', 'utf8mb4', 'READ-COMMITTED', 0]]);
    const values = await withRedis(services.redisUrl, (redis) =>
      Promise.all(['port', 'appendonly', 'appendfsync', 'maxmemory-policy'].map((name) => redis.config('GET', name))),
    );
    expect(values.flat()).toEqual([
      'port',
      '0',
      'appendonly',
      'yes',
      'appendfsync',
      'everysec',
      'maxmemory-policy',
      'noeviction',
    ]);
  });

  it('let nobody in without a password, and the control plane only to its own database', async () => {
    const root = await aRoot();
    const { databaseUrl, redisUrl } = await start(root);
    const connection = parseDatabaseUrl(databaseUrl);
    const asUser = (user: string): Promise<Connection> =>
      createConnection({ socketPath: connection?.socketPath ?? '', user, password: '' });
    for (const user of ['root', 'mysql', 'hler', 'mariadb.sys', 'nobody', '']) {
      await expect(asUser(user)).rejects.toMatchObject({ errno: expect.any(Number) });
    }
    await expect(query(databaseUrl, 'SELECT * FROM mysql.global_priv')).rejects.toMatchObject({ errno: 1142 });
    await expect(query(databaseUrl, 'CREATE DATABASE another')).rejects.toMatchObject({ errno: 1044 });
    const anonymous = redisUrl.reveal().replace(/\/\/.*@/, '//');
    await expect(withRedis(anonymous, (redis) => redis.get('x'))).rejects.toThrow('NOAUTH');
    expect(await withRedis(redisUrl, (redis) => redis.acl('LIST'))).toHaveLength(2);
  });

  it('keep their passwords to themselves', async () => {
    const root = await aRoot();
    const log = aLog();
    const services = await start(root, log);
    const path = join(root.config.paths.keys, 'private-services.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const passwords = Object.values(JSON.parse(await readFile(path, 'utf8')) as Record<string, string>);
    const visible = [
      ...log.lines,
      await readFile(`/proc/${services.mariadb?.pid}/cmdline`, 'utf8'),
      await readFile(`/proc/${services.redis?.pid}/cmdline`, 'utf8'),
      await readFile(join(root.config.paths.redis, 'users.acl'), 'utf8'),
      await readFile(join(root.config.paths.run, 'mariadb', 'accounts.sql'), 'utf8'),
      JSON.stringify(services),
    ].join('\n');
    expect(passwords.filter((password) => visible.includes(password))).toEqual([]);
  });

  it('take new passwords when the old ones are deleted', async () => {
    const root = await aRoot();
    const first = await start(root);
    await first.stop();
    await writeFile(join(root.config.paths.keys, 'private-services.json'), '{}');
    await expect(start(root)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    execFileSync('rm', [join(root.config.paths.keys, 'private-services.json')]);
    const second = await start(root);
    expect(second.databaseUrl.reveal()).not.toBe(first.databaseUrl.reveal());
    expect(await query(second.databaseUrl, 'SELECT 1')).toEqual([[1]]);
  });

  it('start again when they crash', async () => {
    const root = await aRoot();
    const log = aLog();
    const services = await start(root, log);
    const before = [services.mariadb?.pid, services.redis?.pid];
    before.forEach((pid) => process.kill(pid ?? 0, 'SIGKILL'));
    await eventually(async () => {
      expect(await query(services.databaseUrl, 'SELECT 1')).toEqual([[1]]);
      expect(await withRedis(services.redisUrl, (redis) => redis.ping())).toBe('PONG');
      expect(log.lines.filter((line) => line.includes('runs again'))).toHaveLength(2);
    }, 30_000);
    expect(before).not.toContain(services.mariadb?.pid);
    expect(log.lines.join('\n')).toContain('MariaDB was ended by the signal SIGKILL; it is started again in 500 ms.');
  });

  it('can be stopped while one of them is down', async () => {
    const root = await aRoot();
    const log = aLog();
    const services = await start(root, log);
    process.kill(services.redis?.pid ?? 0, 'SIGKILL');
    await eventually(() => expect(log.lines.join('\n')).toContain('Redis was ended'));
    await services.stop();
    expect(await runningServers(root.config)).toEqual([]);
  });

  it('belong to one process: a second one is told so, and harms nothing', async () => {
    const root = await aRoot();
    const services = await start(root);
    await expect(start(root)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`in use by another Hlér (process ${process.pid})`),
    });
    expect(await query(services.databaseUrl, 'SELECT 1')).toEqual([[1]]);
  });

  it('put their sockets into a short directory when the root is deep, and clean it up', async () => {
    const root = await aRoot({ below: `${'d'.repeat(60)}/${'e'.repeat(60)}` });
    const services = await start(root);
    const sockets = socketDirectoryOf(root.config.paths);
    expect(sockets).not.toBe(root.config.paths.run);
    expect(await readdir(sockets)).toEqual(['mariadb', 'redis']);
    expect(await query(services.databaseUrl, 'SELECT 1')).toEqual([[1]]);
    expect(await withRedis(services.redisUrl, (redis) => redis.ping())).toBe('PONG');
    await services.stop();
    await expect(stat(sockets)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('are not started by halves: a missing program, and nothing runs', async () => {
    const root = await aRoot();
    const config = { ...root.config, programPath: ['/nowhere'] };
    await expect(PrivateServices.start(config, aLog(), relaxed)).rejects.toMatchObject({
      code: 'PROGRAM_MISSING',
      message: expect.stringContaining('Install the package mariadb-server'),
    });
    await start(root);
  });

  it('are not started by halves: a broken data directory, and nothing runs', async () => {
    const root = await aRoot();
    const { mariadb } = root.config.paths;
    await mkdir(join(mariadb, 'mysql'), { recursive: true });
    await expect(start(root)).rejects.toMatchObject({
      code: 'DATABASE_UNAVAILABLE',
      details: { log: join(root.config.paths.log, 'mariadb.log') },
    });
    expect(await runningServers(root.config)).toEqual([]);
  });

  it('finish what an interrupted installation began', async () => {
    const root = await aRoot();
    const draft = `${root.config.paths.mariadb}.new-abc123`;
    await mkdir(join(draft, 'mysql'), { recursive: true });
    const services = await start(root);
    expect(await query(services.databaseUrl, 'SELECT 1')).toEqual([[1]]);
    expect((await readdir(dirname(draft))).filter((name) => name.includes('.new'))).toEqual([]);
  });

  it.runIf(isRoot)('run as their own accounts where these can reach the root, and as root where not', async () => {
    const root = await aRoot({ mode: 0o755 });
    const userOf = async (pid = 0) => (await stat(`/proc/${pid}`)).uid;
    const uidOf = (name: string) => Number(execFileSync('id', ['-u', name]));
    const open = await start(root);
    expect(await userOf(open.mariadb?.pid)).toBe(uidOf('mysql'));
    expect(await userOf(open.redis?.pid)).toBe(uidOf('redis'));
    await query(open.databaseUrl, 'CREATE TABLE moved (id INT)');
    await open.stop();

    const log = aLog();
    await chmod(root.config.paths.root, 0o700);
    const closed = await start(root, log);
    expect(await userOf(closed.mariadb?.pid)).toBe(0);
    expect(log.lines).toContain(
      `info: MariaDB runs as root, because the user mysql cannot enter ${root.config.paths.root} (mode 700).`,
    );
    await query(closed.databaseUrl, 'INSERT INTO moved VALUES (1)');
    await closed.stop();

    await chmod(root.config.paths.root, 0o755);
    const again = await start(root);
    expect(await userOf(again.redis?.pid)).toBe(uidOf('redis'));
    expect(await query(again.databaseUrl, 'SELECT id FROM moved')).toEqual([[1]]);
  });
});
