import { createServer } from 'node:net';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { createSite, makeGround, platformInput, siteView, states, type Ground } from '../support/ground.js';
import { prepareHler, startHler, type Hler } from '../support/hler.js';
import { startTestMariadb, type TestMariadb } from '../support/private-mariadb.js';
import { startTestRedis, type TestRedis } from '../support/private-redis.js';

const isRoot = process.getuid?.() === 0;

describe('the world around a running Hlér', () => {
  let hler: Hler;
  let ground: Ground;
  let siteId: string;

  beforeAll(async () => {
    hler = await startHler();
    ground = await makeGround(hler);
    siteId = await createSite(hler.api, ground, 'steady.example.org', { https: 'ENABLED' });
  });
  afterAll(() => hler?.stop());
  afterEach(async () => {
    // Whatever was done to it, the site that was there before is served.
    await eventually(async () => {
      const { status } = await hler.get('https', 'steady.example.org');
      if (status !== 200) {
        throw new Error(`steady.example.org answers ${status}.`);
      }
    });
  });

  it('starts nginx again when all of it was killed', async () => {
    const [master, workers] = [await hler.nginxMaster(), await hler.nginxWorkers()];
    for (const pid of [master, ...workers]) {
      process.kill(pid, 'SIGKILL');
    }
    await eventually(async () => expect((await hler.get('http', 'steady.example.org')).status).toBe(200));
    expect(await hler.nginxMaster()).not.toBe(master);
    expect(states(await hler.api.done('verifySite', { siteId })).at(-1)).toBe('http.apply NOTHING_TO_DO');
  });

  it('starts nginx for an operation that finds it dead', async () => {
    for (const pid of [await hler.nginxMaster(), ...(await hler.nginxWorkers())]) {
      process.kill(pid, 'SIGKILL');
    }
    await createSite(hler.api, ground, 'needs-nginx.example.org');
    expect((await hler.get('http', 'needs-nginx.example.org')).status).toBe(200);
  });

  it.each(['pre.d', 'post.d'])('names a broken file that a hand has put into %s, and serves on', async (directory) => {
    const file = join(hler.paths.config, 'nginx', directory, 'by-hand.conf');
    await writeFile(file, 'server { this is not nginx\n');
    const workers = await hler.nginxWorkers();
    const input = { uri: `beside-${directory.replace('.d', '')}.example.org`, ...ground };
    const operation = await hler.api.work('createSite', {
      uri: input.uri,
      clientId: ground.clientId,
      platformId: ground.platformId,
    });
    expect(operation).toMatchObject({
      state: 'FAILED',
      failure: { code: 'HTTP_CONFIG_INVALID', summary: expect.stringContaining('by-hand.conf') },
    });
    expect((await hler.get('http', 'steady.example.org')).status).toBe(200);
    expect(await hler.nginxWorkers()).toEqual(workers);
    await expect(readdir(join(hler.paths.config, 'nginx/vhost.d'))).resolves.not.toContain(`${input.uri}.conf`);
    await rm(file);
    const { operation: again } = await hler.api.mutate('retryOperation', { operationId: operation.id });
    expect((await hler.api.ended(again.id)).state).toBe('SUCCEEDED');
    expect((await hler.get('http', input.uri)).status).toBe(200);
  });

  it('puts a broken file aside that a hand has put among those of sites, says so, and goes on', async () => {
    const directory = join(hler.paths.config, 'nginx');
    await writeFile(join(directory, 'vhost.d/by-hand.conf'), 'server { this is not nginx\n');
    const uri = 'beside-vhost.example.org';
    const { clientId, platformId } = ground;
    const operation = await hler.api.work('createSite', { uri, clientId, platformId });
    expect(operation).toMatchObject({
      state: 'SUCCEEDED_WITH_WARNINGS',
      warnings: [{ code: 'NEIGHBOUR_QUARANTINED' }],
    });
    expect((await hler.get('http', uri)).status).toBe(200);
    await expect(readdir(join(directory, 'vhost.d'))).resolves.not.toContain('by-hand.conf');
    await expect(readdir(join(directory, 'quarantine.d'), { recursive: true })).resolves.toContainEqual(
      expect.stringContaining('by-hand'),
    );
  });

  it('says that the database does not answer, and goes on when it is back', async () => {
    const pid = await hler.pidOf('mariadbd');
    const started = await hler.api.mutate('createSite', {
      uri: 'through-database.example.org',
      clientId: ground.clientId,
      platformId: ground.platformId,
    });
    process.kill(pid, 'SIGKILL');
    const refused = await eventually(() => hler.api.refusal('{ sites { totalCount } }'), 10_000, 1);
    expect(refused).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect((await hler.get('http', 'steady.example.org')).status).toBe(200);
    await eventually(() => hler.api.ask('{ sites { totalCount } }'), 30_000);
    expect((await hler.api.ended(started.operation.id)).state).toBe('SUCCEEDED');
    expect((await hler.get('http', 'through-database.example.org')).status).toBe(200);
  });

  it('holds its breath while the database hangs', async () => {
    const pid = await eventually(() => hler.pidOf('mariadbd'));
    await eventually(() => hler.api.ask('{ sites { totalCount } }'));
    process.kill(pid, 'SIGSTOP');
    let answered = false;
    const asked = hler.api
      .mutate('verifySite', { siteId })
      .finally(() => (answered = true))
      .catch((error: unknown) => error);
    await expect(fetch(`http://127.0.0.1:${hler.ports.api}/healthz`).then(({ status }) => status)).resolves.toBe(200);
    expect(answered).toBe(false);
    process.kill(pid, 'SIGCONT');
    const { operation } = (await asked) as { operation: { id: string } };
    expect((await hler.api.ended(operation.id)).state).toBe('SUCCEEDED');
  });

  it('ends every operation though Redis is killed among them, losing all it held', async () => {
    const asked = Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        hler.api.mutate('createSite', {
          uri: `redis${index}.example.org`,
          clientId: ground.clientId,
          platformId: ground.platformId,
        }),
      ),
    );
    const pid = await hler.pidOf('redis-server');
    process.kill(pid, 'SIGKILL');
    const operations = await asked;
    const ended = await Promise.all(operations.map(({ operation }) => hler.api.ended(operation.id, 60_000)));
    expect(ended.filter(({ state }) => state !== 'SUCCEEDED')).toEqual([]);
    for (let index = 0; index < 20; index += 1) {
      expect((await hler.get('http', `redis${index}.example.org`)).status).toBe(200);
    }
  });
});

describe.skipIf(!isRoot)('a disk that takes nothing more (needs root, for a tmpfs)', () => {
  let hler: Hler | undefined;
  let mariadb: TestMariadb;
  let redis: TestRedis;
  const mounted: string[] = [];
  const directories: string[] = [];
  beforeAll(async () => {
    [mariadb, redis] = await Promise.all([startTestMariadb(), startTestRedis()]);
  });
  afterAll(() => Promise.all([mariadb.stop(), redis.stop()]));
  afterEach(async () => {
    await hler?.stop();
    for (const directory of mounted.splice(0).toReversed()) {
      execFileSync('umount', ['-l', directory]);
    }
    await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true })));
  });

  /** A root of 4 MB for configuration, certificates and staging: databases, journals and logs have room elsewhere. */
  async function smallRoot(): Promise<string> {
    const [root, roomy] = [await mkdtemp(join(tmpdir(), 'hler-small-')), await mkdtemp(join(tmpdir(), 'hler-roomy-'))];
    directories.push(root, roomy);
    await chmod(roomy, 0o755);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=0755', 'tmpfs', root]);
    mounted.push(root);
    for (const name of ['state', 'log', 'run', 'keys']) {
      await mkdir(join(roomy, name));
      await mkdir(join(root, name));
      execFileSync('mount', ['--bind', join(roomy, name), join(root, name)]);
      mounted.push(join(root, name));
    }
    return root;
  }

  async function startSmall(): Promise<Hler> {
    const database = await mariadb.createDatabase();
    const env = { HLER_DATABASE_URL: database.reveal(), HLER_REDIS_URL: redis.url.reveal() };
    return startHler({ root: await smallRoot(), env });
  }

  it('keeps operations back with DISK_FULL, loses nothing, and works after space is freed', async () => {
    hler = await startSmall();
    const ground = await makeGround(hler);
    const siteId = await createSite(hler.api, ground, 'before.example.org', { https: 'ENABLED' });
    const before = await siteView(hler.api, siteId);
    const ballast = join(hler.root, 'ballast');
    fillUp(ballast);
    const { operation: asked } = await hler.api.mutate('addAlias', { siteId, name: 'full.example.org' });
    const { api } = hler;
    // It is tried again by itself later; until then it says what it waits for.
    await eventually(async () => {
      const { state, failure } = await api.operation(asked.id);
      expect({ state, code: failure?.code }).toEqual({ state: 'QUEUED', code: 'DISK_FULL' });
    });
    expect(await hler.get('https', 'before.example.org')).toMatchObject({ status: 200, names: ['before.example.org'] });
    expect((await siteView(hler.api, siteId)).servedCertificate).toBe(before.servedCertificate);
    await rm(ballast);
    // Whoever does not want to wait cancels it and asks anew.
    await hler.api.mutate('cancelOperation', { operationId: asked.id });
    const { operation } = await hler.api.mutate('retryOperation', { operationId: asked.id });
    expect(await hler.api.ended(operation.id)).toMatchObject({ state: 'SUCCEEDED' });
    expect((await hler.get('https', 'full.example.org')).status).toBe(200);
  });

  it('fails operations with READ_ONLY while nothing can be written, and works when it can again', async () => {
    hler = await startSmall();
    const ground = await makeGround(hler);
    const siteId = await createSite(hler.api, ground, 'before.example.org', { https: 'ENABLED' });
    execFileSync('mount', ['-o', 'remount,ro', hler.root]);
    const failed = await hler.api.work('addAlias', { siteId, name: 'later.example.org' });
    execFileSync('mount', ['-o', 'remount,rw', hler.root]);
    expect(failed).toMatchObject({ state: 'FAILED', failure: { code: 'READ_ONLY' } });
    expect(await hler.get('https', 'before.example.org')).toMatchObject({ status: 200, names: ['before.example.org'] });
    await hler.api.done('verifySite', { siteId });
    expect((await hler.get('https', 'later.example.org')).status).toBe(200);
  });
});

describe('what is missing at the start', () => {
  let hler: Hler;
  afterEach(() => hler?.stop());

  it('says which port is in use and which variable names it, and leaves nothing running', async () => {
    hler = await prepareHler();
    for (const [variable, port] of [
      ['HLER_API_PORT', hler.ports.api],
      ['HLER_HTTP_PORT', hler.ports.http],
      ['HLER_HTTPS_PORT', hler.ports.https],
    ] as const) {
      const stranger = createServer().listen(port, '127.0.0.1');
      await once(stranger, 'listening');
      hler.output = '';
      hler.spawn();
      expect(await hler.exit()).toBe(1);
      expect(hler.output).toMatch(/PORT_IN_USE/);
      expect(hler.output).toContain(`${port}`);
      expect(hler.output).toContain(variable);
      expect(await hler.processes()).toEqual([]);
      stranger.close();
      await once(stranger, 'close');
    }
    await hler.start();
  });

  it.skipIf(!isRoot)('says on the operation that nginx is missing, and verifies once it is there', async () => {
    hler = await prepareHler();
    hler.spawn({}, execFileSync('readlink', ['-f', '/usr/sbin/nginx']).toString().trim());
    await hler.ready();
    await hler.signIn();
    const failed = await hler.api.work('registerServer', { name: 'this-machine' });
    expect(failed).toMatchObject({ state: 'FAILED', failure: { code: 'HTTP_SERVER_MISSING', task: 'server.check' } });
    const path = await hler.codeBase('hello');
    await hler.api.done('createPlatform', platformInput('hello', failed.subjectId, path));
    await hler.restart();
    await hler.api.done('verifyServer', { serverId: failed.subjectId });
    expect((await hler.get('http', 'nobody.example.org')).status).toBe(404);
  });

  it('says which program is missing when there is no MariaDB or Redis', async () => {
    // The program path ends with the directories of the system: only an empty file in front of it hides one.
    hler = await prepareHler();
    const bin = await mkdtemp(join(tmpdir(), 'hler-bin-'));
    await chmod(bin, 0o755);
    await symlink('/bin/false', join(bin, 'mariadbd'));
    await symlink('/bin/false', join(bin, 'mysqld'));
    hler.spawn({ PATH: `${bin}:${process.env['PATH']}` });
    expect(await hler.exit()).toBe(1);
    expect(hler.output).toMatch(/\[(PROGRAM_MISSING|DATABASE_UNAVAILABLE|COMMAND_FAILED)\]/);
    expect(hler.output).not.toMatch(/at \w+ \(|node_modules/);
    expect(await hler.processes()).toEqual([]);
    await rm(bin, { recursive: true });
  });
});

function fillUp(path: string): void {
  try {
    execFileSync('dd', ['if=/dev/zero', `of=${path}`, 'bs=4k'], { stdio: 'ignore' });
  } catch {
    // It ends with ENOSPC: that is the point.
  }
}
