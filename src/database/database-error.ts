import { DomainError } from '../shared/domain-error.js';
import { later } from '../shared/failure.js';

const GONE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'PROTOCOL_CONNECTION_LOST',
  'ER_SERVER_SHUTDOWN',
  'ER_CON_COUNT_ERROR',
  'POOL_CLOSED',
]);
const AGAIN = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']);

/** The driver's error code, wherever TypeORM has put it. */
export function databaseErrorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) {
    return undefined;
  }
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  return typeof code === 'string' ? code : databaseErrorCode(driverError);
}

/** The transaction lost a race that the database settled; the same work may well succeed when run again. */
export function isTransient(error: unknown): boolean {
  return AGAIN.has(databaseErrorCode(error) ?? '');
}

/** The name of the unique index that a row collided with, or undefined when it was something else. */
export function violatedIndex(error: unknown): string | undefined {
  if (databaseErrorCode(error) !== 'ER_DUP_ENTRY') {
    return undefined;
  }
  return /for key '(?:[^'.]+\.)?([^']+)'/.exec((error as Error).message)?.[1];
}

/** DATABASE_UNAVAILABLE for an error that says that the database does not answer; undefined for any other. */
export function toDatabaseUnavailable(error: unknown): DomainError | undefined {
  if (error instanceof DomainError || !GONE.has(databaseErrorCode(error) ?? '')) {
    return undefined;
  }
  return new DomainError('DATABASE_UNAVAILABLE', 'The database of the control plane does not answer.', {
    retry: later(5_000),
    cause: error,
  });
}
