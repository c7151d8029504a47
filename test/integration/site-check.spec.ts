import { createServer, type Server } from 'node:net';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PlainObject } from '../../src/shared/plain.js';
import siteCheck from '../../workers/tasks/site-check.js';
import { runTask } from '../support/run-task.js';

let base: string;
let listener: Server;

beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), 'hler-site-')));
  await mkdir(join(base, 'web/sites/example.org'), { recursive: true });
  await writeFile(join(base, 'web/sites/file.org'), '');
  await mkdir(join(base, 'php'));
  listener = createServer().listen(join(base, 'php/one.sock'));
  await symlink('one.sock', join(base, 'php/default.sock'));
  await symlink(join(base, 'php/one.sock'), join(base, 'elsewhere.sock'));
  await symlink(join(base, 'elsewhere'), join(base, 'php/broken.sock'));
  await writeFile(join(base, 'php/file.sock'), '');
});

afterAll(async () => {
  listener.close();
  await rm(base, { recursive: true, force: true });
});

const check = (changes: PlainObject = {}) =>
  runTask(siteCheck, {
    root: join(base, 'web'),
    siteDirectory: 'sites/example.org',
    phpSocket: join(base, 'php/one.sock'),
    socketDirectory: join(base, 'php'),
    ...changes,
  });

const refused = (code: string) => ({ status: 'ERROR', failure: { code } });

describe('site.check', () => {
  it('has nothing to do where directory and socket are in place, links followed', async () => {
    expect(await check()).toEqual({ status: 'NOTHING_TO_DO' });
    expect(await check({ phpSocket: join(base, 'php/default.sock') })).toEqual({ status: 'NOTHING_TO_DO' });
  });

  it('misses the directory of the site', async () => {
    expect(await check({ siteDirectory: 'sites/other.org' })).toMatchObject({
      status: 'ERROR',
      failure: { code: 'SITE_DIRECTORY_MISSING', summary: `${base}/web/sites/other.org is not there.` },
    });
    expect(await check({ siteDirectory: 'sites/file.org' })).toMatchObject(refused('SITE_DIRECTORY_MISSING'));
  });

  it.each(['php/none.sock', 'php/file.sock', 'php/broken.sock', 'php/file.sock/x'])(
    'misses a socket at %s',
    async (path) => {
      expect(await check({ phpSocket: join(base, path) })).toMatchObject(refused('PHP_SOCKET_MISSING'));
    },
  );

  it('refuses a socket, or a link to one, outside the directory of sockets', async () => {
    const outside = refused('PHP_SOCKET_NOT_ALLOWED');
    expect(await check({ socketDirectory: join(base, 'web') })).toMatchObject(outside);
    expect(await check({ socketDirectory: null })).toMatchObject(outside);
    expect(await check({ socketDirectory: join(base, 'not/there') })).toMatchObject(outside);
  });
});
