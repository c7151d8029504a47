import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { atomicWrite, atomicWriteAll, ensureDirectory } from './atomic-write.js';
import { fsError } from './fs-error.js';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hler-atomic-'));
});
afterEach(async () => rm(directory, { recursive: true }));

const errno = (code: string) => Object.assign(new Error(code), { code });

describe('writing a file atomically', () => {
  it('puts content and mode in place, and leaves nothing else behind', async () => {
    const path = join(directory, 'a.conf');
    await writeFile(path, 'old', { mode: 0o600 });
    await atomicWrite({ path, content: 'new', mode: 0o444 });
    await atomicWrite({ path, content: 'new', mode: 0o444 });
    expect(await readFile(path, 'utf8')).toBe('new');
    expect((await stat(path)).mode & 0o777).toBe(0o444);
    expect(await readdir(directory)).toEqual(['a.conf']);
  });

  it('replaces a link instead of writing through it', async () => {
    const target = join(directory, 'target');
    await writeFile(target, 'untouched');
    await symlink(target, join(directory, 'link'));
    await atomicWrite({ path: join(directory, 'link'), content: 'new', mode: 0o644 });
    expect(await readFile(target, 'utf8')).toBe('untouched');
  });

  it('removes what should not be there, and does not mind when it is not', async () => {
    const path = join(directory, 'gone');
    await writeFile(path, 'x');
    const absent = [path, join(directory, 'no', 'such')].map((path) => ({ path, content: null, mode: 0o644 }));
    await atomicWriteAll(absent);
    await atomicWriteAll(absent);
    expect(await readdir(directory)).toEqual([]);
  });

  it('changes nothing when one of the set cannot be written', async () => {
    const staging = join(directory, 'staging');
    await mkdir(staging);
    const good = join(directory, 'good');
    await writeFile(good, 'old');
    const set = [good, join(directory, 'missing', 'bad')].map((path) => ({ path, content: 'new', mode: 0o644 }));
    await expect(atomicWriteAll(set)).rejects.toThrow('ENOENT');
    expect(await readFile(good, 'utf8')).toBe('old');
    expect((await readdir(directory)).toSorted()).toEqual(['good', 'staging']);
  });

  it('makes directories with their mode, whatever the umask', async () => {
    const path = join(directory, 'a', 'b');
    const before = process.umask(0o077);
    await ensureDirectory(path).finally(() => process.umask(before));
    expect((await stat(path)).mode & 0o777).toBe(0o755);
    expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o755);
  });

  it.each([
    ['ENOSPC', 'DISK_FULL'],
    ['EDQUOT', 'DISK_FULL'],
    ['EROFS', 'READ_ONLY'],
    ['EACCES', 'READ_ONLY'],
    ['EPERM', 'READ_ONLY'],
    ['EXDEV', 'CONFIG_INVALID'],
  ])('tells %s as %s', (number, code) => {
    expect(fsError(errno(number), '/x')).toMatchObject({ code, details: { path: '/x' } });
  });

  it('leaves what is our own defect as it is', () => {
    const defect = errno('ENOTDIR');
    expect(fsError(defect, '/x')).toBe(defect);
  });
});
