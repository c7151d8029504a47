import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errno, type StatePaths } from '../config/index.js';
import { DomainError } from '../shared/domain-error.js';
import { processUid } from './resolve-service-user.js';

/** sun_path of unix(7) takes 108 bytes, the last of them a NUL. */
const MAX_SOCKET_PATH_BYTES = 107;
/** The longest of what is put below the directory. */
const LONGEST_SOCKET = 'mariadb/mariadb.sock';

/**
 * Where the sockets of this root go: `run/` of the root where a socket path fits (107 bytes), else a short directory of
 * temporary files that is named after the root and the user. The same answer for the same root, user and TMPDIR.
 */
export function socketDirectory(paths: StatePaths, uid: number, temporary: string): string {
  const root = createHash('sha256').update(paths.root).digest('hex').slice(0, 12);
  const candidates = [paths.run, join(temporary, `hler-${uid}-${root}`)];
  return candidates.find(socketFits) ?? `/tmp/hler-${uid}-${root}`;
}

function socketFits(directory: string): boolean {
  return Buffer.byteLength(join(directory, LONGEST_SOCKET)) <= MAX_SOCKET_PATH_BYTES;
}

/** The directory for this process and root. */
export function socketDirectoryOf(paths: StatePaths): string {
  return socketDirectory(paths, processUid(), tmpdir());
}

/**
 * Makes the directory, where it is not `run/` itself. Others share the directory of temporary files: what is there
 * already is used only when it is ours and nobody else may write to it.
 * @throws DomainError CONFIG_INVALID when somebody else has made it
 */
export async function makeSocketDirectory(paths: StatePaths): Promise<string> {
  const directory = socketDirectoryOf(paths);
  if (directory === paths.run) {
    return directory;
  }
  try {
    await mkdir(directory, 0o711);
    await chmod(directory, 0o711);
  } catch (error) {
    if (errno(error) !== 'EEXIST') {
      throw error;
    }
  }
  const found = await lstat(directory);
  if (!found.isDirectory() || found.uid !== processUid() || (found.mode & 0o022) !== 0) {
    throw new DomainError(
      'CONFIG_INVALID',
      `HLER_ROOT is too deep for sockets (107 bytes), and ${directory}, which would hold them, belongs to somebody else. Delete that directory, or set HLER_ROOT to a shorter path.`,
      { details: { directory } },
    );
  }
  return directory;
}

/** Removes a directory that was made for sockets, once it is empty. */
export async function removeSocketDirectory(paths: StatePaths): Promise<void> {
  const directory = socketDirectoryOf(paths);
  if (directory !== paths.run) {
    await rmdir(directory).catch(() => undefined);
  }
}
