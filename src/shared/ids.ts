import { v7, validate, version } from 'uuid';
import { DomainError } from './domain-error.js';
import { safeEcho } from './hostname-echo.js';

/** A new UUIDv7 (RFC 9562 §5.7): ordered by creation time, and storable by Drupal as its own `uuid`. */
export function newId(): string {
  return v7();
}

/** A new UUIDv7 of this moment, to the millisecond. */
export function newIdAt(moment: Date): string {
  return v7({ msecs: moment.getTime() });
}

/** Not after any UUIDv7 of this moment or a later one. */
export function firstIdAt(moment: Date): string {
  const time = moment.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/** The moment that a UUIDv7 was made at. */
export function momentOf(id: string): Date {
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
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
