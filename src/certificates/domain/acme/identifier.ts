import { isIP } from 'node:net';
import { parseHostname } from '../../../shared/hostname.js';
import type { AcmeIdentifier } from './problem.js';

/**
 * What is ordered for these names: hostnames (wildcards allowed) and IP addresses (RFC 8738), each once, in one order whatever
 * order they came in, so that the same set makes the same order. @throws DomainError HOSTNAME_INVALID
 */
export function identifiersOf(names: readonly string[]): readonly AcmeIdentifier[] {
  const all = names.map((name): AcmeIdentifier => {
    const address = canonicalAddress(name);
    return address === undefined
      ? { type: 'dns', value: parseHostname(name, { wildcard: true }) }
      : { type: 'ip', value: address };
  });
  const unique = new Map(all.map((identifier) => [identifierKey(identifier), identifier]));
  return [...unique.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, identifier]) => identifier);
}

export function identifierKey({ type, value }: AcmeIdentifier): string {
  return `${type}:${value.toLowerCase()}`;
}

/** RFC 5952 for IPv6: as URL parsers write it. */
function canonicalAddress(name: string): string | undefined {
  switch (isIP(name)) {
    case 4:
      return name;
    case 6:
      return new URL(`http://[${name}]`).hostname.slice(1, -1);
    default:
      return undefined;
  }
}
