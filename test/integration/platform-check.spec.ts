import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { DomainError, toFailure } from '../../src/shared/domain-error.js';
import { newId } from '../../src/shared/ids.js';
import type { PlainObject } from '../../src/shared/plain.js';
import { isBatchTask } from '../../workers/define-task.js';
import platformCheck from '../../workers/tasks/platform-check.js';

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

async function check(changes: PlainObject = {}): Promise<TaskResult> {
  if (isBatchTask(platformCheck)) {
    throw new Error('not a batch task');
  }
  const input = {
    reportTo,
    application: 'STATIC',
    path,
    roots: [join(base, 'platforms'), '/not/there'],
    stateDirectory: join(base, 'state'),
    workerUser: null,
    ...changes,
  };
  const { signal } = new AbortController();
  const log = (_: string, message: string): void => void lines.push(message);
  try {
    return await platformCheck.run(platformCheck.input.parse(input), {
      operationId: newId(),
      outputs: {},
      signal,
      log,
    });
  } catch (error) {
    if (error instanceof DomainError) {
      return { status: 'ERROR', failure: toFailure(error) };
    }
    throw error;
  }
}

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
