import { DomainError } from './domain-error.js';
import { safeEcho } from './hostname-echo.js';

declare const brand: unique symbol;

/** A name for a directory, a URL and a person: 1 to 63 of `a-z0-9-`, a letter first. A string at run time. */
export type MachineName = string & { readonly [brand]: 'MachineName' };

/**
 * Accepts, never repairs: the name that was asked for is the name on the disk. Idempotent.
 *
 * @throws DomainError NAME_INVALID
 */
export function parseMachineName(value: string): MachineName {
  if (!/^[a-z][a-z0-9-]{0,62}$/.test(value)) {
    throw new DomainError(
      'NAME_INVALID',
      `${safeEcho(value)} is not an acceptable name: use 1 to 63 lower-case letters, digits and hyphens, a letter first.`,
      { details: { value: safeEcho(value) } },
    );
  }
  return value as MachineName;
}
