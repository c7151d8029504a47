import { execFile } from 'node:child_process';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, createPlatform, createSite } from '../support/ground.js';
import { prepareHler, type Hler } from '../support/hler.js';
import { ADMINISTRATORS_SITE, SystemWebServer } from '../support/system-web-server.js';

const run = promisify(execFile);
/** An account that every Debian has, and that may do nothing. */
const RUNNER = { name: 'daemon', uid: 1, gid: 1 };
const SUDOERS = `/etc/sudoers.d/hler-test-${process.pid}`;
const LONG = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.org`;

interface Health {
  readonly name: string;
  readonly status: string;
  readonly message: string;
  readonly remedy: string | null;
}

describe.runIf(process.getuid?.() === 0).each(['nginx', 'apache'] as const)("the machine's own %s", (kind) => {
  let hler: Hler;
  let web: SystemWebServer;
  let serverId: string;
  let site: string;
  let lines: readonly string[];

  beforeAll(async () => {
    const ports = { http: 0, https: 0 };
    hler = await prepareHler({
      user: RUNNER,
      env: () => ({ HLER_HTTP_CONSUMER: kind, HLER_HTTP_DAEMON: 'system', HLER_HTTP_SYSTEM_CONFIG: web.mainFile }),
    });
    Object.assign(ports, { http: hler.ports.http, https: hler.ports.https });
    web = await SystemWebServer.make(kind, ports);
    await web.start();
    await hler.start();
    lines = (await hler.cli('server', 'adopt')).split('\n');
  }, 120_000);
  afterAll(async () => {
    await rm(SUDOERS, { force: true });
    await hler?.stop();
    await web?.remove();
  });

  const health = async (): Promise<readonly Health[]> => {
    const answer = await hler.api.ask<{ server: { health: readonly Health[] } }>(
      'query ($id: ID!) { server(id: $id) { health { name status message remedy } } }',
      { id: serverId },
    );
    return answer.server.health;
  };
  const lineAfter = (heading: RegExp): string => lines[lines.findIndex((line) => heading.test(line)) + 1] ?? '';
  const includeLine = (): string => lineAfter(/^# 1\./);

  it('says which line is missing, and in which file, while it has not been opened', async () => {
    const operation = await hler.api.work('registerServer', { name: 'this-machine' });
    serverId = operation.subjectId;
    expect(operation).toMatchObject({
      state: 'FAILED',
      failure: { code: 'SERVER_NOT_ADOPTED', details: { file: web.mainFile, line: includeLine() } },
    });
    expect(operation.failure?.hint).toContain(`Add the line "${includeLine()}" to ${web.mainFile}`);
    const wrong = (await health()).filter(({ status }) => status === 'ERROR');
    expect(wrong.map(({ name }) => name)).toEqual(['include', 'permissions']);
    expect(wrong[1]?.remedy).toContain('hler server adopt');
  });

  it('says so when only the line for sudo is missing', async () => {
    await web.write(includeLine());
    const operation = await hler.api.work('verifyServer', { serverId });
    expect(operation.failure).toMatchObject({
      code: 'SERVER_NOT_ADOPTED',
      details: { command: expect.stringContaining(web.mainFile) },
    });
    expect((await health()).filter(({ status }) => status === 'ERROR').map(({ name }) => name)).toEqual([
      'permissions',
    ]);
  });

  it('is ready once both lines are there, and may do no more than they say', async () => {
    await writeFile(SUDOERS, `${lineAfter(/^# 2\./)}\n`, { mode: 0o440 });
    await run('visudo', ['-c', '-f', SUDOERS]);
    const master = await web.master();
    await hler.api.done('verifyServer', { serverId });
    const looked = await health();
    expect(looked.filter(({ status }) => status === 'ERROR')).toEqual([]);
    expect(looked.map(({ name }) => name)).toEqual([
      'directories',
      'disk',
      'inodes',
      'clock',
      'program',
      'ports',
      'tls-groups',
      'account',
      'modules',
      'include',
      'permissions',
      'whole-configuration',
    ]);
    expect(await web.master()).toBe(master);
    const program = lineAfter(/^# 2\./).split(' ')[3]!;
    for (const args of [['-s', 'stop'], ['-k', 'stop'], ['-t'], ['-c', '/tmp/other.conf', '-t']]) {
      await expect(run('sudo', ['-n', '--', program, ...args], { uid: RUNNER.uid, gid: RUNNER.gid })).rejects.toThrow(
        /sudo: /,
      );
    }
  });

  it('serves a site over HTTPS beside what its administrator serves', async () => {
    const clientId = await createClient(hler.api, 'acme');
    const platformId = await createPlatform(hler.api, 'hello', serverId, await hler.codeBase('hello'));
    const master = await web.master();
    site = await createSite(hler.api, { clientId, platformId }, 'adopted.test', { https: 'REQUIRED' });
    await createSite(hler.api, { clientId, platformId }, LONG);
    expect(await hler.get('https', 'adopted.test')).toMatchObject({ status: 200, body: 'front page of hello\n' });
    expect(await hler.get('http', 'adopted.test')).toMatchObject({ status: 301 });
    expect(await hler.get('http', LONG)).toMatchObject({ status: 200 });
    expect(await hler.get('http', ADMINISTRATORS_SITE)).toMatchObject({ status: 204 });
    expect(await web.master()).toBe(master);
    // Hlér runs none of its own.
    expect((await hler.processes()).filter(({ name }) => ['nginx', 'apache2'].includes(name))).toEqual([]);
  });

  it('reports drift and repairs it', async () => {
    const file = `${hler.paths.config}/${kind}/vhost.d/adopted.test.conf`;
    const wanted = await readFile(file, 'utf8');
    await appendFile(file, '# by hand\n');
    const { operation } = await hler.api.mutate('verifySite', { siteId: site, dryRun: true });
    expect(await hler.api.ended(operation.id)).toMatchObject({ state: 'SUCCEEDED' });
    const { operation: looked } = await hler.api.ask<{ operation: Record<string, unknown> }>(
      'query ($id: ID!) { operation(id: $id) { dryRun changed drift { files { path problems diff } answers { url } commands } } }',
      { id: operation.id },
    );
    expect(looked).toMatchObject({
      dryRun: true,
      changed: false,
      drift: {
        files: [
          { path: 'vhost.d/adopted.test.conf', problems: ['CHANGED'], diff: expect.stringContaining('-# by hand\n') },
        ],
        answers: [],
        commands: [
          [
            'sudo',
            '-n',
            '--',
            expect.any(String),
            ...Array<unknown>(kind === 'nginx' ? 4 : 3).fill(expect.any(String)),
          ],
          expect.any(Array),
        ],
      },
    });
    await hler.api.done('verifySite', { siteId: site });
    expect(await readFile(file, 'utf8')).toBe(wanted);
  });

  it("names the administrator's file when the whole is refused, and leaves what is served", async () => {
    const bad = `${hler.paths.config}/${kind}/extra.d/adopted.test.conf`;
    await writeFile(bad, 'nonsense on;\n');
    const operation = await hler.api.work('updateSite', { siteId: site, https: 'ENABLED' });
    expect(operation).toMatchObject({ state: 'FAILED' });
    expect(['VHOST_INVALID', 'HTTP_CONFIG_INVALID']).toContain(operation.failure?.code);
    expect(JSON.stringify(operation.failure)).toContain('extra.d/adopted.test.conf');
    await rm(bad);
    await hler.api.done('updateSite', { siteId: site, https: 'ENABLED' });
    expect(await hler.get('https', 'adopted.test')).toMatchObject({ status: 200 });
  });

  it('says that it does not run, and does not start it', async () => {
    const master = await web.master();
    process.kill(master, 'SIGTERM');
    await web.stopped();
    const operation = await hler.api.work('verifyServer', { serverId });
    expect(operation.failure).toMatchObject({
      code: 'HTTP_SERVER_DOWN',
      hint: expect.stringContaining('systemctl start'),
    });
    await web.start();
    await hler.api.done('verifyServer', { serverId });
  });
});
