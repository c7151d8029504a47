import { afterEach, describe, expect, it, vi } from 'vitest';
import { Secret } from '../../shared/secret.js';
import { withOwnToken } from './with-own-token.js';

const make = async () => new Secret('a token');

describe('a token of its own', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is removed whatever became of the work', async () => {
    const remove = vi.fn(async () => undefined);
    await expect(withOwnToken({ make, remove }, () => Promise.reject(new Error('No API.')))).rejects.toThrow('No API.');
    expect(remove).toHaveBeenCalledOnce();
  });

  it('that cannot be removed loses no result, and somebody is told', async () => {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const remove = () => Promise.reject(new Error('The database is gone.'));
    expect(await withOwnToken({ make, remove }, async () => 'the table')).toBe('the table');
    expect(said).toHaveBeenCalledWith(expect.stringContaining('The database is gone.'));
  });
});
