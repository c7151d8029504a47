import { isIPv4, isIPv6 } from 'node:net';
import { DomainError } from '../shared/domain-error.js';
import { parseHostname } from '../shared/hostname.js';
import { parseUnixPath, parseUnixSocket } from '../shared/unix-path.js';

/**
 * The last gate before a value becomes configuration: each function returns its argument, or refuses it. The values were
 * validated when they entered the system, but have crossed a queue since.
 */
export function hostname(value: string): string {
  return unchanged('a hostname in lower-case A-labels', value, parseHostname(value, { wildcard: true }));
}

/** A name that is no wildcard: a main name, the target of a redirect. */
export function plainHostname(value: string): string {
  return unchanged('a hostname in lower-case A-labels', value, parseHostname(value));
}

/** @throws DomainError PATH_INVALID */
export function path(value: string): string {
  return unchanged('a normalised path', value, parseUnixPath(value));
}

/** @throws DomainError PATH_INVALID, also when it is too long for the address of a socket */
export function unixSocket(value: string): string {
  return unchanged('a normalised path', value, parseUnixSocket(value));
}

const matching =
  (what: string, pattern: RegExp) =>
  (value: string): string => {
    if (!pattern.test(value)) {
      throw refused(what, value);
    }
    return value;
  };

export const spki = matching('a SHA-256 in hexadecimal', /^[0-9a-f]{64}$/);
export const thumbprint = matching('a JWK thumbprint', /^[A-Za-z0-9_-]{43}$/);
export const tlsGroup = matching('the name of a TLS group', /^[A-Za-z0-9_-]{1,64}$/);
export const account = matching('the name of a system account', /^[a-z_][a-z0-9_-]{0,31}$/);
export const moduleName = matching('the name of a module', /^[a-z0-9_]{1,32}$/);
export const id = matching('an id', /^[0-9a-f-]{36}$/);

export function groupId(value: number): number {
  if (!Number.isInteger(value) || value < 0) {
    throw refused('the number of a group', String(value));
  }
  return value;
}

export function seconds(value: number): number {
  if (!Number.isInteger(value) || value < 0) {
    throw refused('a number of seconds', String(value));
  }
  return value;
}

export function port(value: number): number {
  if (!Number.isInteger(value) || value < 1 || value > 65_535) {
    throw refused('a port', String(value));
  }
  return value;
}

/** `*`, an IPv4 address, or an IPv6 address in brackets. */
export function address(value: string): string {
  if (!isListenAddress(value)) {
    throw refused('an address to listen on', value);
  }
  return value;
}

/** An IPv4 or IPv6 address, without brackets. */
export function networkAddress(value: string): string {
  if (!isIPv4(value) && !isIPv6(value)) {
    throw refused('an IP address', value);
  }
  return value;
}

/** A hostname, an IPv4 address, or an IPv6 address in brackets. */
export function backendAddress(value: string): string {
  return value !== '*' && (isIPv4(value) || value.startsWith('[')) ? address(value) : plainHostname(value);
}

export function isListenAddress(value: string): boolean {
  const inner = /^\[([0-9a-f:.]+)\]$/i.exec(value)?.[1];
  return value === '*' || isIPv4(value) || (inner !== undefined && isIPv6(inner));
}

export const isBackendAddress = (value: string): boolean => isWritten(backendAddress, value);
export const isPlainHostname = (value: string): boolean => isWritten(plainHostname, value);

function isWritten(read: (value: string) => string, value: string): boolean {
  try {
    read(value);
    return true;
  } catch {
    return false;
  }
}

/** What would have to be repaired was not validated when it entered, and what is verified later goes by the name as it was. */
function unchanged(what: string, value: string, parsed: string): string {
  if (parsed !== value) {
    throw refused(what, value);
  }
  return value;
}

function refused(what: string, value: string): DomainError {
  const shown = JSON.stringify(value.slice(0, 64));
  return new DomainError('INPUT_INVALID', `${shown} is not ${what}, and is not written into a configuration.`, {
    details: { field: what },
  });
}
