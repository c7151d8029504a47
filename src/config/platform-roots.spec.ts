import { describe, expect, it } from 'vitest';
import { isPlatformPath, isWithin } from './platform-roots.js';
import { statePaths } from './state-paths.js';

describe('isWithin', () => {
  it('knows below from beside', () => {
    expect(isWithin('/srv/a', '/srv/a')).toBe(true);
    expect(isWithin('/srv/a/b', '/srv/a')).toBe(true);
    expect(isWithin('/srv/a/..b', '/srv/a')).toBe(true);
    expect(isWithin('/srv/ab', '/srv/a')).toBe(false);
    expect(isWithin('/srv', '/srv/a')).toBe(false);
  });
});

describe('isPlatformPath', () => {
  const paths = statePaths('/srv/clone/var');
  const config = { paths, platformRoots: [paths.platforms, '/srv/clone'] };
  it.each([
    ['/srv/clone/docs', true],
    ['/srv/clone/var/platforms/drupal', true],
    ['/srv/clone/var/platforms', false],
    ['/srv/clone/var/keys', false],
    ['/srv/clone/var', false],
    ['/srv/clone', false],
    ['/srv/other', false],
    ['/srv/clone/variety', true],
  ])('%s: %s', (path, allowed) => {
    expect(isPlatformPath(path, config)).toBe(allowed);
  });
});
