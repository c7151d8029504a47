import { DomainError } from '../../src/shared/domain-error.js';
import { later } from '../../src/shared/failure.js';

/** The error number of a failed system call, such as `ENOENT`. */
export function errnoOf(error: unknown): string | undefined {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}

/**
 * What the world did to a file operation, in the terms of the product: DISK_FULL, READ_ONLY, or CONFIG_INVALID for a
 * staging directory on another file system. Anything else is returned unchanged: it is a defect of ours.
 */
export function fsError(error: unknown, path: string): unknown {
  const details = { path };
  const errno = errnoOf(error) ?? '';
  switch (errno) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new DomainError('DISK_FULL', `There is no space left to write ${path}.`, {
        details,
        retry: later(60_000),
        cause: error,
      });
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new DomainError('READ_ONLY', `${path} cannot be written to.`, { details, cause: error });
    case 'EXDEV':
      return new DomainError(
        'CONFIG_INVALID',
        `The staging directory is on another file system than ${path}, so that nothing can be moved there in one step.`,
        { details, hint: 'Put the staging directory on the file system of the configuration.', cause: error },
      );
    default:
      return error;
  }
}
