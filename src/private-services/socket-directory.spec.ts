import { describe, expect, it } from 'vitest';
import { statePaths } from '../config/index.js';
import { socketDirectory } from './socket-directory.js';

describe('socketDirectory', () => {
  const deep = statePaths(`/srv/${'a'.repeat(90)}`);

  it('is run/ of the root where socket paths fit', () => {
    expect(socketDirectory(statePaths('/srv/hler'), 0, '/tmp')).toBe('/srv/hler/run');
  });

  it('is a short directory of its own for a deep root, the same one each time', () => {
    expect(socketDirectory(deep, 1000, '/var/tmp')).toMatch(/^\/var\/tmp\/hler-1000-[0-9a-f]{12}$/);
    expect(socketDirectory(deep, 1000, '/tmp')).toBe(socketDirectory(deep, 1000, '/tmp'));
    expect(socketDirectory(deep, 1000, '/tmp')).not.toBe(socketDirectory(statePaths(`${deep.root}b`), 1000, '/tmp'));
  });

  it('is below /tmp where even the directory of temporary files is deep', () => {
    expect(socketDirectory(deep, 0, `/${'t'.repeat(100)}`)).toMatch(/^\/tmp\/hler-0-/);
  });
});
