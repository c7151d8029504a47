import { realpath } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { DomainError } from '../../src/shared/domain-error.js';
import { ifPresent } from './private-files.js';

/**
 * Keys must not lie where a web server looks for files to send, whatever its configuration forbids at the moment. Links are
 * resolved on both sides; a path that does not exist yet counts as where it would be.
 *
 * @throws DomainError CONFIG_INVALID
 */
export async function assertOutsideDocumentRoots(directory: string, documentRoots: readonly string[]): Promise<void> {
  const real = await realDestination(directory);
  for (const root of documentRoots) {
    const realRoot = await realDestination(root);
    if (contains(realRoot, real) || contains(real, realRoot)) {
      throw new DomainError(
        'CONFIG_INVALID',
        `The certificate store ${directory} and the document root ${root} lie within one another; keys could be served as files.`,
        { hint: 'Move HLER_ROOT, or the site, so that neither lies inside the other.', details: { directory, root } },
      );
    }
  }
}

function contains(outer: string, inner: string): boolean {
  const path = relative(outer, inner);
  return path === '' || !(path === '..' || path.startsWith('../'));
}

async function realDestination(path: string): Promise<string> {
  const real = await ifPresent(realpath(path));
  if (real !== undefined || path === dirname(path)) {
    return real ?? path;
  }
  return join(await realDestination(dirname(path)), relative(dirname(path), path));
}
