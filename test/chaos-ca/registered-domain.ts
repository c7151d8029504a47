import { isIP, isIPv6 } from 'node:net';
import { baseName } from './identifier.js';

/** What the limit per registered domain counts by. */
export type RegisteredDomain = (identifier: string) => string;

/**
 * The public suffix and one label more. Suffixes with several labels are given, every top-level domain is one by itself; an
 * IPv4 address stands for itself, an IPv6 address for its /64, as in Boulder.
 */
export function registeredDomainBy(suffixes: readonly string[] = []): RegisteredDomain {
  const known = new Set(suffixes);
  return (identifier) => {
    if (isIP(identifier) !== 0) {
      return isIPv6(identifier) ? `${expandIpv6(identifier).slice(0, 4).join(':')}::/64` : identifier;
    }
    const labels = baseName(identifier).split('.');
    for (let first = 0; first < labels.length - 1; first += 1) {
      if (known.has(labels.slice(first).join('.'))) {
        return labels.slice(Math.max(0, first - 1)).join('.');
      }
    }
    return labels.slice(-2).join('.');
  };
}

/** The range that the limit for new accounts counts by: /48 of IPv6. */
export function ipv6Range(address: string): string | undefined {
  return isIPv6(address) ? `${expandIpv6(address).slice(0, 3).join(':')}::/48` : undefined;
}

function expandIpv6(address: string): readonly string[] {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap = tail === undefined ? [] : Array.from({ length: 8 - before.length - after.length }, () => '0');
  return [...before, ...gap, ...after].map((group) => group.replace(/^0+(?=.)/, ''));
}
