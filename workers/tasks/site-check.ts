import { realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { DomainError } from '../../src/shared/domain-error.js';
import { parseUnixPath, parseUnixSocket } from '../../src/shared/unix-path.js';
import { defineTask } from '../define-task.js';
import { errnoOf } from '../system/fs-error.js';

const input = z.object({
  /** The docroot of the code base. */
  root: z.string(),
  siteDirectory: z.string().regex(/^sites\/[a-z0-9.-]+$/),
  phpSocket: z.string(),
  /** The one directory that holds sockets of PHP-FPM; null: the server has named none. */
  socketDirectory: z.string().nullable(),
});

/**
 * Looks whether a Drupal site can be served: its directory stands in the code base, and a socket of PHP-FPM where sockets of
 * PHP-FPM are. Changes nothing. Errors: SITE_DIRECTORY_MISSING, PHP_SOCKET_MISSING, PHP_SOCKET_NOT_ALLOWED, PATH_INVALID.
 */
export default defineTask({
  name: 'site.check',
  input,
  dryRun: true,
  async run({ root, siteDirectory, phpSocket, socketDirectory }) {
    await mustBeDirectory(join(parseUnixPath(root), siteDirectory));
    await mustBeSocket(parseUnixSocket(phpSocket), socketDirectory);
    return { status: 'NOTHING_TO_DO' };
  },
});

async function mustBeDirectory(path: string): Promise<void> {
  const found = await stat(path).catch(orAbsent);
  if (found?.isDirectory() !== true) {
    const what = found === undefined ? 'is not there' : 'is not a directory';
    throw new DomainError('SITE_DIRECTORY_MISSING', `${path} ${what}.`, { details: { path } });
  }
}

/** Links are followed, as Debian's `php-fpm.sock` is one, but lead to no other kind of service. */
async function mustBeSocket(path: string, directory: string | null): Promise<void> {
  const found = await stat(path).catch(orAbsent);
  if (found?.isSocket() !== true) {
    const what = found === undefined ? 'is not there' : 'is not a socket';
    throw new DomainError('PHP_SOCKET_MISSING', `${path} ${what}: PHP-FPM does not listen on it.`, {
      details: { path },
    });
  }
  const real = await realpath(path);
  const allowed = directory === null ? undefined : await realpath(directory).catch(orAbsent);
  if (dirname(real) !== allowed) {
    throw new DomainError('PHP_SOCKET_NOT_ALLOWED', `${path} is really ${real}, outside the sockets of PHP-FPM.`, {
      details: { path, directory },
    });
  }
}

function orAbsent(error: unknown): undefined {
  if (!['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes(errnoOf(error) ?? '')) {
    throw error;
  }
}
