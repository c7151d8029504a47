import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
import { DomainError } from '../shared/domain-error.js';

/**
 * Replaces the file whole: it is the old one or the new one after a crash at any moment, never a part. On return it has
 * reached the disk. `mode` is exact, whatever the umask.
 * @throws DomainError DISK_FULL, READ_ONLY
 */
export async function writeFileDurably(path: string, content: string, mode: number): Promise<void> {
  const draft = `${path}.${randomUUID()}.new`;
  try {
    await writeAndSync(draft, content, mode);
    await rename(draft, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(draft, { force: true });
    throw asWorldError(error, path);
  }
}

async function writeAndSync(path: string, content: string, mode: number): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.chmod(mode);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS']);

/** What the file system refused, as an error that says what to do; anything else stays as it is. */
export function asWorldError(error: unknown, path: string): unknown {
  const name = errno(error) ?? '';
  const options = { details: { path }, cause: error };
  if (FULL.has(name)) {
    return new DomainError(
      'DISK_FULL',
      `There is no space left to write ${path}. Free some, then start again.`,
      options,
    );
  }
  if (NOT_WRITABLE.has(name)) {
    const message = `${path} cannot be written to. Start Hlér as the user that owns HLER_ROOT, or give it write access.`;
    return new DomainError('READ_ONLY', message, options);
  }
  return error;
}

/** The errno name of a system error, such as `ENOENT`. */
export function errno(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
