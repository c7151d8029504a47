import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { BIN, prepareHler, REPOSITORY, type Hler } from '../support/hler.js';
import { processesOf } from '../support/processes-of.js';

const run = promisify(execFile);
const NOBODY = 65_534;
const SERVED = /^served https:\/\/hello\.localhost:\d+\/ 200 in \d+ ms$/m;

describe('the quick start', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'hler-quick-'));
    await chmod(root, 0o755);
  });
  afterEach(async () => {
    const left = await processesOf(root);
    left.forEach(({ pid }) => process.kill(pid, 'SIGKILL'));
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
    if (left.length > 0) {
      throw new Error(`Left running: ${JSON.stringify(left)}`);
    }
  });

  const environment = () => ({ PATH: process.env['PATH'], HOME: process.env['HOME'], HLER_ROOT: root });

  async function once200(): Promise<string> {
    const { stdout } = await run(process.execPath, [BIN, 'quickstart', '--once'], {
      env: environment(),
      cwd: REPOSITORY,
    });
    expect(stdout).toMatch(SERVED);
    expect(await processesOf(root)).toEqual([]);
    return stdout;
  }

  it('serves a site once and leaves nothing running, and finds its state the second time', async () => {
    expect(await once200()).toMatch(/certificate\.self-sign +SUCCESS/);
    const again = await once200();
    expect(again).not.toMatch(/self-sign|client first-client/);
    expect(again).toMatch(/site\.verify hello\.localhost/);
  });

  it('works as root in a directory that only root may enter', async () => {
    await chmod(root, 0o700);
    expect(await once200()).toMatch(SERVED);
  });

  it('prints lines that work as they are printed, and stops everything on Ctrl-C', async () => {
    const child = spawn(process.execPath, [BIN, 'quickstart'], { env: environment(), cwd: REPOSITORY });
    const output = outputOf(child);
    await eventually(() => expect(output()).toMatch(/Ctrl-C stops/), 60_000);
    expect(output()).toMatch(/^token +hler_[A-Za-z0-9_-]{43}$/m);
    const lines = output()
      .split('\n')
      .filter((line) => line.startsWith('  curl '));
    expect(lines).toHaveLength(2);
    const [site, api] = await Promise.all(lines.map(async (line) => (await run('bash', ['-c', line])).stdout));
    expect(site).toMatch(/<html/i);
    expect(JSON.parse(api!)).toEqual({
      data: { sites: { nodes: [{ uri: 'hello.localhost', status: 'ENABLED', https: 'REQUIRED' }] } },
    });
    child.kill('SIGINT');
    await once(child, 'exit');
    expect(child.exitCode).toBe(0);
    expect(await processesOf(root)).toEqual([]);
  });

  it.skipIf(process.getuid?.() !== 0)('works as an ordinary user', async () => {
    const clone = join(root, 'clone');
    const skipped = ['node_modules', '.git', 'var', 'test', 'bench'];
    await cp(REPOSITORY, clone, {
      recursive: true,
      filter: (path) => !skipped.some((name) => path === join(REPOSITORY, name)),
    });
    await copyTree(join(REPOSITORY, 'node_modules'), join(clone, 'node_modules'));
    const home = join(root, 'home');
    await run('mkdir', ['-m', '755', home]);
    await chown(home, NOBODY, NOBODY);
    const { stdout } = await run(process.execPath, [join(clone, 'bin/hler.js'), 'quickstart', '--once'], {
      uid: NOBODY,
      gid: NOBODY,
      cwd: clone,
      env: { PATH: process.env['PATH'], HOME: home, HLER_ROOT: join(home, 'var') },
    });
    expect(stdout).toMatch(SERVED);
    expect(await processesOf(join(home, 'var'))).toEqual([]);
  });
});

// Here, and not with what else can be missing at a start: this file alone takes the default ports, so that any two may run side by side.
describe('hler up without stated ports', () => {
  let hler: Hler;
  afterEach(() => hler?.stop());

  it('keeps to the ports that it once chose, and refuses to choose others when one of them is taken', async () => {
    hler = await prepareHler();
    const unstated = { HLER_API_PORT: '', HLER_HTTP_PORT: '', HLER_HTTPS_PORT: '' };
    const served = async (): Promise<string> =>
      eventually(() => {
        const [, url] = /GraphQL is served at (\S+)/.exec(hler.output) ?? [];
        if (url === undefined) {
          throw new Error(hler.output);
        }
        return url;
      }, 60_000);
    hler.spawn(unstated);
    const first = await served();
    expect([await hler.end(), hler.output]).toEqual([0, expect.any(String)]);
    hler.output = '';
    hler.spawn(unstated);
    expect(await served()).toBe(first);
    expect([await hler.end(), hler.output]).toEqual([0, expect.any(String)]);
    const stranger = createServer().listen(Number(new URL(first).port), '127.0.0.1');
    await once(stranger, 'listening');
    hler.output = '';
    hler.spawn(unstated);
    expect(await hler.exit()).toBe(1);
    expect(hler.output).toMatch(/PORT_IN_USE/);
    expect(hler.output).toMatch(/remembered/);
    stranger.close();
  });
});

/** As links where both are on one file system: copying 25,000 files takes longer than all the rest. */
async function copyTree(from: string, to: string): Promise<void> {
  await run('cp', ['--archive', '--link', from, to]).catch(async () => {
    await rm(to, { recursive: true, force: true });
    await run('cp', ['--archive', from, to]);
  });
}

function outputOf(child: ChildProcess): () => string {
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
  return () => text;
}
