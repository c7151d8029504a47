import { DomainError } from '../../shared/domain-error.js';
import { isId } from '../../shared/ids.js';

const VERSION = 'v1:';

/** Opaque to callers: the id that the page is cut at, with a version so that its content may change. */
export function encodeCursor(id: string): string {
  return Buffer.from(VERSION + id).toString('base64url');
}

/** @throws DomainError CURSOR_INVALID */
export function decodeCursor(cursor: string, field: 'after' | 'before'): string {
  const text = cursor.length <= 128 ? Buffer.from(cursor, 'base64url').toString('utf8') : '';
  const id = text.startsWith(VERSION) ? text.slice(VERSION.length) : '';
  if (!isId(id)) {
    throw new DomainError('CURSOR_INVALID', `"${field}" is not a cursor of this API.`, { details: { field } });
  }
  return id;
}
