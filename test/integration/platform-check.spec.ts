import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import platformCheck from '../../workers/tasks/platform-check.js';
import { makeDrupalTree } from '../support/drupal-tree.js';
import { runTask } from '../support/run-task.js';

let base: string;
let path: string;
let lines: string[];
const reportTo = newId();

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'hler-platform-')));
  path = join(base, 'platforms', 'drupal-11');
  lines = [];
  await mkdir(path, { recursive: true });
  await chmod(base, 0o755);
  await chmod(join(base, 'platforms'), 0o755);
  await chmod(path, 0o755);
});

afterEach(() => rm(base, { recursive: true, force: true }));

const check = (changes: PlainObject = {}): Promise<TaskResult> =>
  runTask(
    platformCheck,
    {
      reportTo,
      application: 'STATIC',
      path,
      roots: [join(base, 'platforms'), '/not/there'],
      stateDirectory: join(base, 'state'),
      workerUser: null,
      ...changes,
    },
    { say: (message) => void lines.push(message) },
  );

describe('platform.check', () => {
  it('enables what can be served, changes nothing, and says what it found', async () => {
    await writeFile(join(path, 'index.html'), 'hello', { mode: 0o644 });
    expect(await check({ path: `${path}/` })).toEqual({
      status: 'NOTHING_TO_DO',
      output: { realPath: path, version: null, docroot: path, hasIndex: true },
      fields: [
        {
          subject: 'platform',
          id: reportTo,
          fields: {
            status: 'ENABLED',
            verifiedAt: expect.stringMatching(/^\d{4}-.*Z$/),
            realPath: path,
            version: null,
            docroot: path,
          },
        },
      ],
    });
    expect(lines).toEqual([`Found ${path}, with an index.html.`]);
    await rm(join(path, 'index.html'));
    expect(await check()).toMatchObject({ output: { hasIndex: false } });
  });

  it('follows links, and takes what stays below a root', async () => {
    await symlink(path, join(base, 'platforms', 'current'));
    expect(await check({ path: join(base, 'platforms', 'current') })).toMatchObject({ output: { realPath: path } });
  });

  it('refuses what lies outside the roots, be it by a link', async () => {
    await mkdir(join(base, 'elsewhere'));
    await symlink(join(base, 'elsewhere'), join(base, 'platforms', 'trick'));
    const outside = { status: 'ERROR', failure: { code: 'PATH_OUTSIDE_ROOTS' } };
    expect(await check({ path: join(base, 'platforms', 'trick') })).toMatchObject(outside);
    expect(await check({ path: join(base, 'platforms') })).toMatchObject(outside);
    expect(await check({ roots: [] })).toMatchObject(outside);
    expect(await check({ path: `${path}/../../elsewhere` })).toMatchObject({ failure: { code: 'PATH_INVALID' } });
  });

  it('says what is missing', async () => {
    await writeFile(join(base, 'platforms', 'file'), '');
    await symlink('loop', join(base, 'platforms', 'loop'));
    const missing = async (name: string): Promise<string | undefined> => {
      const result = await check({ path: join(base, 'platforms', name) });
      return result.status === 'ERROR' && result.failure.code === 'PLATFORM_MISSING'
        ? result.failure.summary
        : undefined;
    };
    expect(await missing('gone')).toContain('is not there');
    expect(await missing('file')).toContain('is not a directory');
    expect(await missing('file/below')).toContain('lies below a file');
    expect(await missing('loop')).toContain('leads to itself');
  });

  it("names the first directory that blocks the web server's user, and the command that mends it", async () => {
    await chmod(join(base, 'platforms'), 0o750);
    await chmod(path, 0o700);
    expect(await check({ workerUser: 'nobody' })).toMatchObject({
      status: 'ERROR',
      failure: {
        code: 'PLATFORM_MISSING',
        summary: `${path} cannot be served, because the web server's user nobody may not pass ${join(base, 'platforms')}.`,
        hint: `Run: chmod o+x ${join(base, 'platforms')}`,
      },
    });
    await chmod(join(base, 'platforms'), 0o751);
    expect(await check({ workerUser: 'nobody' })).toMatchObject({ failure: { hint: `Run: chmod o+rx ${path}` } });
    await chmod(path, 0o755);
    expect(await check({ workerUser: 'nobody' })).toMatchObject({ status: 'NOTHING_TO_DO' });
  });

  it('says when the user is not known', async () => {
    expect(await check({ workerUser: 'no-such-user' })).toMatchObject({ failure: { code: 'CONFIG_INVALID' } });
  });
});

describe('platform.check of a Drupal code base', () => {
  const drupal = (changes: PlainObject = {}) => check({ application: 'DRUPAL', ...changes });
  const refused = (code: string) => ({ status: 'ERROR', failure: { code } });

  it.each([
    ['7.103', ''],
    ['7.0-dev', 'docroot'],
    ['8.9.20', ''],
    ['9.5.11', 'docroot'],
    ['10.3.7', 'web'],
    ['11.2.0-rc1', 'web'],
  ] as const)('recognises Drupal %s with its docroot in "%s"', async (version, layout) => {
    const docroot = await makeDrupalTree(path, { version, layout });
    expect(await drupal()).toEqual({
      status: 'NOTHING_TO_DO',
      output: { realPath: path, version, docroot, hasIndex: false },
      fields: [
        {
          subject: 'platform',
          id: reportTo,
          fields: { status: 'ENABLED', verifiedAt: expect.any(String), realPath: path, version, docroot },
        },
      ],
    });
    expect(lines).toEqual([`Found Drupal ${version} in ${docroot}.`]);
  });

  it.each(['6.38', '12.0.0', '5.23'])('refuses Drupal %s, and says which it is', async (version) => {
    await makeDrupalTree(path, { version });
    expect(await drupal()).toMatchObject({
      status: 'ERROR',
      failure: { code: 'PLATFORM_NOT_RECOGNISED', summary: `${path} holds Drupal ${version}; 7 to 11 can be served.` },
    });
  });

  it.each(['10', '10.3.7"; //', '', '10.3.7\n', 'x'.repeat(64), '10.3.7.1.2', '$(id)'])(
    'does not take %j for a version',
    async (version) => {
      await makeDrupalTree(path, { version });
      expect(await drupal()).toMatchObject(refused('PLATFORM_NOT_RECOGNISED'));
    },
  );

  it('reads a bounded part of a regular file, and nothing else', async () => {
    await mkdir(join(path, 'core/lib'), { recursive: true });
    const file = join(path, 'core/lib/Drupal.php');
    await writeFile(file, `${'/'.repeat(65 * 1024)}\n  const VERSION = '10.1.0';\n`);
    expect(await drupal()).toMatchObject(refused('PLATFORM_NOT_RECOGNISED'));
    for (const special of [
      ['mkfifo', file],
      ['ln', '-s', '/dev/zero', file],
      ['mkdir', file],
      ['ln', '-s', file, file],
    ]) {
      await rm(file, { recursive: true, force: true });
      await promisify(execFile)(special[0]!, special.slice(1));
      expect(await drupal()).toMatchObject(refused('PLATFORM_NOT_RECOGNISED'));
    }
    expect(await drupal({ path: join(base, 'platforms') })).toMatchObject(refused('PATH_OUTSIDE_ROOTS'));
  });

  it('follows no docroot out of the code base', async () => {
    await makeDrupalTree(join(base, 'elsewhere'), { version: '10.3.7' });
    await symlink(join(base, 'elsewhere'), join(path, 'web'));
    expect(await drupal()).toMatchObject(refused('PATH_OUTSIDE_ROOTS'));
  });

  it("names what keeps the web server's user from the docroot", async () => {
    const docroot = await makeDrupalTree(path, { version: '10.3.7', layout: 'web' });
    await chmod(path, 0o711);
    await chmod(docroot, 0o700);
    expect(await drupal({ workerUser: 'nobody' })).toMatchObject({ failure: { hint: `Run: chmod o+rx ${docroot}` } });
    await chmod(docroot, 0o755);
    expect(await drupal({ workerUser: 'nobody' })).toMatchObject({ status: 'NOTHING_TO_DO' });
  });

  it('asks nothing of a static one', async () => {
    expect(await check()).toMatchObject({ output: { version: null, docroot: path } });
  });
});
