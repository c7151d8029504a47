import { v7, validate, version } from 'uuid';
import { DomainError } from './domain-error.js';
import { safeEcho } from './hostname-echo.js';

/** A new UUIDv7 (RFC 9562 §5.7): ordered by creation time, and storable by Drupal as its own `uuid`. */
export function newId(): string {
  return v7();
}

export function isId(value: string): boolean {
  return validate(value) && version(value) === 7;
}

/** @throws DomainError ID_INVALID */
export function parseId(value: string): string {
  const id = value.toLowerCase();
  if (!isId(id)) {
    throw new DomainError(
      'ID_INVALID',
      `${safeEcho(value)} is not an id of Hlér. Ids are UUIDs (version 7), as the API returns them.`,
    );
  }
  return id;
}
