import { DomainError } from './domain-error.js';
import { safeEcho } from './hostname-echo.js';

declare const brand: unique symbol;

/**
 * An absolute, normalised path that cannot carry syntax: of a shell, nginx, apache, pound, or PHP. A string at run time.
 * It says nothing about what the file system holds: resolve links before trusting where it leads.
 */
export type UnixPath = string & { readonly [brand]: 'UnixPath' };

const MAX_BYTES = 1024;
const MAX_SEGMENT_BYTES = 255;

/**
 * The one way in for paths. Removes one trailing slash; changes nothing else, and refuses what would need it. Idempotent.
 *
 * Allowed are ASCII letters and digits, `._-+@~,=:` and `/`. An allow-list, because the characters that are safe in all
 * the files a path is written to (nginx ends words at space, `;{}"'$#\`; apache at space, quotes and `%{}<>`; pound at
 * quotes; shells and globs at much else) are fewer and better known than those that are not. Space and non-ASCII letters are left
 * out with them: quoting differs in each server, and normalisation (NFC, NFD) in each file system.
 * 1,024 bytes leave room below PATH_MAX (4,096) for what is appended.
 *
 * @throws DomainError PATH_INVALID
 */
export function parseUnixPath(value: string): UnixPath {
  const path = value.length > 1 && value.endsWith('/') ? value.slice(0, -1) : value;
  const problem = pathProblem(path);
  if (problem !== undefined) {
    throw new DomainError('PATH_INVALID', `${safeEcho(value)} is not an acceptable path: ${problem}.`, {
      details: { value: safeEcho(value) },
    });
  }
  return path as UnixPath;
}

/** `sun_path` of Linux has 108 bytes, the last of them zero (unix(7)). */
const MAX_SOCKET_BYTES = 107;

/** The path of a socket of the file system. @throws DomainError PATH_INVALID */
export function parseUnixSocket(value: string): UnixPath {
  const path = parseUnixPath(value);
  if (path.length > MAX_SOCKET_BYTES) {
    throw new DomainError('PATH_INVALID', `A socket cannot have a path of more than ${MAX_SOCKET_BYTES} bytes.`, {
      details: { value: safeEcho(value) },
    });
  }
  return path;
}

function pathProblem(path: string): string | undefined {
  if (!path.startsWith('/')) {
    return 'it does not begin with "/"';
  }
  if (path === '/') {
    return 'it is the root of the file system';
  }
  if (path.length > MAX_BYTES) {
    return `it is longer than ${MAX_BYTES} bytes`;
  }
  const forbidden = /[^A-Za-z0-9._\-+@~,=:/]/u.exec(path)?.[0];
  if (forbidden !== undefined) {
    return `it has the character ${safeEcho(forbidden)}; letters, digits and . _ - + @ ~ , = : are allowed`;
  }
  return path
    .slice(1)
    .split('/')
    .map(segmentProblem)
    .find((problem) => problem !== undefined);
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '') {
    return 'it has an empty part ("//")';
  }
  if (segment === '.' || segment === '..') {
    return `it has the part "${segment}"; give the path without it`;
  }
  return segment.length > MAX_SEGMENT_BYTES ? `the part ${safeEcho(segment)} is longer than 255 bytes` : undefined;
}
