import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { aServer } from '../../src/consumers/a-vhost.fixture.js';
import { CONSUMERS, type Command } from '../../src/consumers/index.js';
import { HttpServerKeeper } from '../../src/private-services/index.js';
import { identify } from '../../src/private-services/process-table.js';
import { findOrphans } from '../../workers/http/daemon.js';
import { realEffects, targetOf } from '../../workers/http/effects.js';
import { endOrphans } from '../../workers/http/end-orphans.js';
import { Turns } from '../../src/shared/turns.js';
import { runCommand } from '../../workers/system/run-command.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-ports.js';
import { aLog, aPrivateRoot, type PrivateRoot, type TestLog } from '../support/private-root.js';

let root: PrivateRoot;
let turns: Turns;
let start: Command;
let keeper: HttpServerKeeper;
let log: TestLog;
let port: number;
let directory: string;

/** The smallest configuration that serves: what the keeper needs to know of nginx is a pid file and a command line. */
async function configure(): Promise<void> {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${directory}/t;`,
  );
  const server = `server { listen 127.0.0.1:${port}; return 200 "kept"; }`;
  const http = `http { access_log off; ${temporary.join(' ')} ${server} }`;
  await writeFile(join(directory, 'nginx.conf'), `pid ${directory}/nginx.pid;\nevents {}\n${http}\n`);
}

async function served(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${port}/`)).text();
}

async function failOnLeaks(): Promise<void> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  if (lines.some((line) => line.startsWith('nginx') && line.includes(directory))) {
    throw new Error(`nginx was left running in ${directory}.`);
  }
}

beforeEach(async () => {
  root = await aPrivateRoot();
  directory = join(root.config.paths.config, 'nginx');
  const { paths } = root.config;
  await mkdir(directory, { recursive: true });
  await mkdir(paths.log, { recursive: true });
  port = await freePort();
  log = aLog();
  const nginx = (...args: string[]) => ({
    file: 'nginx',
    args: ['-e', `${paths.log}/nginx-error.log`, '-p', directory, '-c', `${directory}/nginx.conf`, ...args],
    timeoutMs: 10_000,
  });
  const target = targetOf(CONSUMERS.nginx, aServer({ paths }));
  turns = new Turns();
  start = nginx();
  const server = {
    name: 'nginx',
    configFile: `${directory}/nginx.conf`,
    pidFile: `${directory}/nginx.pid`,
    start,
    stop: nginx('-s', 'quit'),
    isMaster: (line: string) => line.startsWith('nginx: master process') && line.includes(`${directory}/nginx.conf`),
    orphans: { find: () => findOrphans(target), end: () => endOrphans(target, realEffects) },
    alone: <T>(work: () => Promise<T>) => turns.take('nginx', work),
  };
  keeper = new HttpServerKeeper(server, runCommand, log);
});

afterEach(async () => {
  await keeper.stop();
  await failOnLeaks();
  await root.remove();
});

describe('the keeper of nginx', () => {
  it('starts nothing before there is a configuration', async () => {
    expect(await keeper.look()).toBe('NO_CONFIGURATION');
    expect(await keeper.listensOn(port)).toBe(false);
  });

  it('starts it as soon as there is one, and leaves it alone while it runs', async () => {
    keeper.start();
    await configure();
    await eventually(async () => expect(await served()).toBe('kept'));
    expect(await keeper.look()).toBe('RUNNING');
    expect(await keeper.listensOn(port)).toBe(true);
    expect(await keeper.listensOn(port + 1)).toBe(false);
  });

  it('leaves the start to whoever has the turn', async () => {
    await configure();
    const others = await turns.take('nginx', async () => {
      const looking = keeper.look();
      await runCommand(start);
      await eventually(async () => expect(await keeper.master()).toBeDefined());
      return { looking, master: await keeper.master() };
    });
    expect(await others.looking).toBe('RUNNING');
    expect(await keeper.master()).toEqual(others.master);
    expect(log.lines).toEqual([]);
  });

  it('starts it again when it died', async () => {
    await configure();
    expect(await keeper.look()).toBe('STARTED');
    const master = await keeper.master();
    process.kill(master?.pid ?? 0, 'SIGTERM');
    await eventually(async () => expect(await identify(master?.pid ?? 0)).toBeUndefined());
    keeper.start();
    await eventually(async () => expect(await served()).toBe('kept'));
    expect((await keeper.master())?.pid).not.toBe(master?.pid);
  });

  it('starts it again when only its master was killed, and takes the ports of the workers for its own', async () => {
    await configure();
    await keeper.look();
    const master = await keeper.master();
    process.kill(master?.pid ?? 0, 'SIGKILL');
    await eventually(async () => expect(await identify(master?.pid ?? 0)).toBeUndefined());
    expect(await served()).toBe('kept');
    expect(await keeper.listensOn(port)).toBe(true);
    expect(await keeper.look()).toBe('STARTED');
    expect(await served()).toBe('kept');
  });

  it('ends workers without a master when it stops', async () => {
    await configure();
    await keeper.look();
    const master = await keeper.master();
    process.kill(master?.pid ?? 0, 'SIGKILL');
    await eventually(async () => expect(await identify(master?.pid ?? 0)).toBeUndefined());
    await keeper.stop();
    await expect(served()).rejects.toThrow('fetch failed');
  });

  it('does not take another process for it', async () => {
    await configure();
    await writeFile(`${directory}/nginx.pid`, `${process.pid}\n`);
    expect(await keeper.master()).toBeUndefined();
    expect(await keeper.look()).toBe('STARTED');
  });

  it('says once what keeps it from starting', async () => {
    await writeFile(`${directory}/nginx.conf`, 'nonsense;\n');
    expect(await keeper.look()).toBe('NOT_STARTED');
    expect(await keeper.look()).toBe('NOT_STARTED');
    expect(log.lines.filter((line) => line.includes('unknown directive \\"nonsense\\"'))).toHaveLength(1);
    await configure();
    expect(await keeper.look()).toBe('STARTED');
  });

  it('stops it, even when its configuration is broken or gone by then', async () => {
    for (const spoil of [
      async () => undefined,
      () => writeFile(`${directory}/nginx.conf`, 'nonsense;\n'),
      () => rm(`${directory}/nginx.conf`),
    ]) {
      await configure();
      await keeper.look();
      const master = await keeper.master();
      expect(master).toBeDefined();
      await spoil();
      await keeper.stop();
      await keeper.stop();
      expect(await identify(master?.pid ?? 0)).toBeUndefined();
    }
  });
});
