import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { drupalMajor } from '../../src/consumers/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { parseUnixPath } from '../../src/shared/unix-path.js';
import { errnoOf } from '../system/fs-error.js';

export interface DrupalFound {
  /** As the code base says it, such as `10.3.7`. */
  readonly version: string;
  /** The directory that holds `index.php`, links resolved. */
  readonly docroot: string;
}

/** Where a code base keeps its docroot: in itself, or where the project templates of Composer put it. */
const LAYOUTS = ['', 'web', 'docroot'] as const;

/** The files that say the version, newest first: Drupal 8 brings no `bootstrap.inc` of its own. */
const VERSION_FILES = [
  { path: 'core/lib/Drupal.php', pattern: /^\s*const VERSION = '([^']{1,63})';/m },
  { path: 'includes/bootstrap.inc', pattern: /^define\('VERSION', '([^']{1,63})'\);/m },
] as const;

const WELL_FORMED = /^\d{1,3}\.\d{1,4}(\.\d{1,4})?(-[a-z]+\d*)?$/;
/** Both say it within their first 6 kB. */
const MAX_BYTES = 64 * 1024;

/**
 * Which Drupal lies at `path` (links resolved), read from its own version file; no PHP is run.
 * @throws DomainError PLATFORM_NOT_RECOGNISED, PATH_OUTSIDE_ROOTS for a docroot that leads out of the code base
 */
export async function recogniseDrupal(path: string): Promise<DrupalFound> {
  for (const layout of LAYOUTS) {
    const docroot = join(path, layout);
    const version = await versionIn(docroot);
    if (version !== undefined) {
      return { version: supported(version, path), docroot: await inside(path, docroot) };
    }
  }
  const places = VERSION_FILES.map((file) => file.path).join(' or ');
  throw notRecognised(path, `${path} is no code base of Drupal: neither it nor its web/ or docroot/ has ${places}.`);
}

async function versionIn(docroot: string): Promise<string | undefined> {
  for (const { path, pattern } of VERSION_FILES) {
    const version = pattern.exec(await beginningOf(join(docroot, path)))?.[1];
    if (version !== undefined && WELL_FORMED.test(version)) {
      return version;
    }
  }
  return undefined;
}

function supported(version: string, path: string): string {
  if (drupalMajor(version) === undefined) {
    throw notRecognised(path, `${path} holds Drupal ${version}; 7 to 11 can be served.`);
  }
  return version;
}

/** A docroot that is a link out of the code base would be served although nobody put it below a root for platforms. */
async function inside(path: string, docroot: string): Promise<string> {
  const real = await realpath(docroot);
  if (real !== path && !real.startsWith(`${path}/`)) {
    throw new DomainError('PATH_OUTSIDE_ROOTS', `${docroot} is really ${real}, which lies outside the code base.`, {
      details: { path: docroot, realPath: real },
    });
  }
  return parseUnixPath(real);
}

/** Empty where there is no such regular file: a pipe or a device would keep its reader waiting, or never end. */
async function beginningOf(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(orAbsent);
  if (file === undefined) {
    return '';
  }
  try {
    const buffer = Buffer.alloc(MAX_BYTES);
    const { bytesRead } = (await file.stat()).isFile() ? await file.read(buffer, 0, MAX_BYTES, 0) : { bytesRead: 0 };
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** What cannot be opened says nothing; neither does a path through a file, or a socket. */
function orAbsent(error: unknown): undefined {
  if (!['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENXIO'].includes(errnoOf(error) ?? '')) {
    throw error;
  }
}

function notRecognised(path: string, message: string): DomainError {
  return new DomainError('PLATFORM_NOT_RECOGNISED', message, { details: { path } });
}
