import { describe, expect, it } from 'vitest';
import { firstBlocked, lineage, mayHoldPlatform, mayRead, type Inode } from './platform-check-access.js';

const anInode = (path: string, mode: number, changes: Partial<Inode> = {}): Inode => ({
  path,
  mode,
  uid: 0,
  gid: 0,
  ...changes,
});

describe('firstBlocked', () => {
  const worker = { uid: 33, gids: [33, 50] };

  it('lets pass whoever has x on the way and rx at the end', () => {
    const way = [anInode('/', 0o755), anInode('/srv', 0o711), anInode('/srv/site', 0o755)];
    expect(firstBlocked(way, ['/srv/site'], worker)).toBeUndefined();
  });

  it.each<[string, readonly Inode[], object]>([
    [
      'the first that others may not pass',
      [anInode('/home', 0o755), anInode('/home/me', 0o700)],
      { path: '/home/me', missing: 'o+x' },
    ],
    ['by its group', [anInode('/srv', 0o705, { gid: 50 })], { path: '/srv', missing: 'g+x' }],
    ['by its owner, even where others may', [anInode('/srv', 0o077, { uid: 33 })], { path: '/srv', missing: 'u+x' }],
    ['an end that cannot be listed', [anInode('/srv/site', 0o711)], { path: '/srv/site', missing: 'o+rx' }],
  ])('names %s', (_, way, expected) => {
    expect(firstBlocked(way, ['/srv/site'], worker)).toEqual(expected);
  });

  it('does not block root', () => {
    expect(firstBlocked([anInode('/srv', 0, { uid: 1 })], ['/srv'], { uid: 0, gids: [0] })).toBeUndefined();
    expect(mayRead(anInode('/srv/index.html', 0), { uid: 0, gids: [0] })).toBe(true);
    expect(mayRead(anInode('/srv/index.html', 0o640), worker)).toBe(false);
  });
});

describe('mayHoldPlatform', () => {
  it.each([
    ['/srv/a', ['/srv'], true],
    ['/srv', ['/srv'], false],
    ['/srvx/a', ['/srv'], false],
    ['/srv/a', ['/var', '/srv'], true],
    ['/srv/a', ['/'], true],
    ['/srv/a', [], false],
    ['/srv/hler', ['/srv'], false],
    ['/srv/hler/keys', ['/srv'], false],
    ['/srv/hler/platforms', ['/srv/hler/platforms', '/srv'], false],
    ['/srv/hler/platforms/p', ['/srv/hler/platforms'], true],
    ['/srv', ['/'], false],
  ])('%s below %j, with the state in /srv/hler: %s', (path, roots, expected) => {
    expect(mayHoldPlatform(path, roots, '/srv/hler')).toBe(expected);
  });
});

describe('lineage', () => {
  it('lists a path and all above it, outermost first', () => {
    expect(lineage('/a/b/c')).toEqual(['/', '/a', '/a/b', '/a/b/c']);
  });
});
