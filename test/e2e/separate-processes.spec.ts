import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../support/api-client.js';
import { askSite } from '../support/ask-site.js';
import { eventually } from '../support/eventually.js';
import { createClient, createPlatform, createSite, siteView } from '../support/ground.js';
import { BIN, START_WITHIN_MS } from '../support/hler.js';
import { startTestMariadb, type TestMariadb } from '../support/private-mariadb.js';
import { freePorts } from '../support/free-ports.js';
import { startTestRedis, type TestRedis } from '../support/private-redis.js';
import { processesOf } from '../support/processes-of.js';

const run = promisify(execFile);

describe('api, relay and runner as processes of their own', () => {
  let mariadb: TestMariadb;
  let redis: TestRedis;
  let directory: string;
  let ports = { api: 0, http: 0, https: 0 };
  let output = '';
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    [mariadb, redis] = await Promise.all([startTestMariadb(), startTestRedis()]);
    directory = await mkdtemp(join(tmpdir(), 'hler-parts-'));
    await chmod(directory, 0o755);
    const [api = 0, http = 0, https = 0] = await freePorts(3);
    ports = { api, http, https };
  });

  afterAll(async () => {
    for (const child of children) {
      child.kill('SIGTERM');
      if (child.exitCode === null && child.signalCode === null) {
        await once(child, 'exit');
      }
    }
    // A runner of its own does not keep the web server: that is a service of the machine.
    for (const { pid } of await processesOf(directory)) {
      process.kill(pid, 'SIGKILL');
    }
    await rm(directory, { recursive: true, force: true });
    await Promise.all([mariadb.stop(), redis.stop()]);
  });

  const controlPlane = () => ({
    PATH: process.env['PATH'],
    HLER_ROOT: join(directory, 'control-plane'),
    HLER_DATABASE_URL: mariadb.url.reveal(),
    HLER_REDIS_URL: redis.url.reveal(),
    HLER_API_PORT: String(ports.api),
  });

  /** No database, and of Redis only where it is: who it is there is the runner's own secret. */
  const server = () => {
    const url = new URL(redis.url.reveal());
    url.username = '';
    url.password = '';
    return {
      PATH: process.env['PATH'],
      HLER_ROOT: join(directory, 'server'),
      HLER_REDIS_URL: url.href,
      HLER_HTTP_PORT: String(ports.http),
      HLER_HTTPS_PORT: String(ports.https),
    };
  };

  function start(role: string, env: NodeJS.ProcessEnv): void {
    const child = spawn(process.execPath, [BIN, role], { cwd: directory, env });
    const keep = (chunk: Buffer): void => void (output += `${role}: ${chunk.toString('utf8')}`);
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    children.push(child);
  }

  const cli = async (env: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<string> =>
    (await run(process.execPath, [BIN, ...args], { cwd: directory, env })).stdout;

  it('put a site on HTTPS, by a server that was enrolled and knows no database', async () => {
    start('api', controlPlane());
    await eventually(async () => {
      const response = await fetch(`http://127.0.0.1:${ports.api}/readyz`);
      if (!response.ok) {
        throw new Error(output);
      }
    }, START_WITHIN_MS);
    start('relay', controlPlane());
    const api = new ApiClient(
      `http://127.0.0.1:${ports.api}/graphql`,
      (await cli(controlPlane(), 'token', 'create', '--label', 'test', '--operator')).trim(),
    );
    const withoutEnrolment = await api.refusalOf('registerServer', { name: 'web1' });
    expect(withoutEnrolment).toMatchObject({ code: 'SERVER_ENROLMENT_INVALID' });

    const enrolment: unknown = JSON.parse(await cli(server(), 'runner', 'enrolment'));
    const keys = await cli(controlPlane(), 'control-plane', 'keys');
    await writeFile(join(directory, 'server/keys/control-plane.pub.json'), keys);
    const { operation } = await api.mutate('registerServer', { name: 'web1', enrolment });
    start('runner', server());
    const verified = await api.ended(operation.id, 60_000);
    expect(verified).toMatchObject({ state: 'SUCCEEDED' });

    const path = join(directory, 'server/platforms/hello');
    await mkdir(path, { recursive: true });
    await chmod(join(directory, 'server/platforms'), 0o755);
    await writeFile(join(path, 'index.html'), 'from far away\n');
    const platformId = await createPlatform(api, 'hello', verified.subjectId, path);
    const clientId = await createClient(api, 'acme');
    const siteId = await createSite(api, { clientId, platformId }, 'far.example.org', { https: 'REQUIRED' });
    const { servedCertificate } = await siteView(api, siteId);
    const pem = await readFile(join(directory, `server/tls/${servedCertificate}/live/fullchain.pem`), 'utf8');
    expect(await askSite(ports, 'https', 'far.example.org', '/', pem)).toMatchObject({
      status: 200,
      body: 'from far away\n',
    });

    const runner = await readFile(`/proc/${children.at(-1)!.pid}/environ`, 'utf8');
    expect(runner).not.toMatch(/HLER_DATABASE_URL|mysql:/);
    const files = await run('grep', ['-rl', 'mysql://', join(directory, 'server')]).catch(({ stdout }) => ({ stdout }));
    expect(files.stdout).toBe('');
  });
});
