import { domainToASCII, domainToUnicode } from 'node:url';
import { DomainError } from './domain-error.js';
import { safeEcho } from './hostname-echo.js';

declare const brand: unique symbol;

/**
 * A name that can be served: lower-case A-labels (RFC 5890 §2.3.2.1), letters, digits and hyphens only, two labels or
 * more, no trailing dot; or `*.` before such a name. It cannot carry syntax of any configuration. A string at run time.
 */
export type Hostname = string & { readonly [brand]: 'Hostname' };

export interface HostnameRules {
  /** Accept `*.` as the whole first label (RFC 9525 §6.3). Default: false. */
  readonly wildcard?: boolean;
}

const LDH = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/**
 * The one way in for hostnames. Folds what is the same name (letter case, Unicode composition, one trailing dot, U-labels
 * to A-labels by UTS #46) and refuses everything else that would need repair, because a repaired name is one that nobody
 * typed: `domainToASCII` alone decodes `%2e`, drops tabs and soft hyphens, cuts at `/`, and reads `127.1` as an address.
 *
 * Single labels (`localhost`, `www`) are refused: no public CA certifies them, and they are mostly slips of the hand.
 * `something.localhost` (RFC 6761 §6.3) serves for local work. Idempotent.
 *
 * @throws DomainError HOSTNAME_INVALID, HOSTNAME_WILDCARD_NOT_ALLOWED
 */
export function parseHostname(value: string, rules: HostnameRules = {}): Hostname {
  const refuse = (why: string): never => {
    throw new DomainError('HOSTNAME_INVALID', `${safeEcho(value)} is not a hostname that can be served: ${why}.`, {
      details: { value: safeEcho(value) },
    });
  };
  // U-labels can be longer than their A-labels in UTF-16 units only up to a small factor: this bounds the work, not the name.
  if (value.length > 1024) {
    return refuse('it is longer than 253 characters');
  }
  const undotted = value.endsWith('.') ? value.slice(0, -1) : value;
  const wildcard = undotted.startsWith('*.');
  const labels = undotted.slice(wildcard ? 2 : 0).split('.');
  const ascii: string[] = [];
  for (const label of labels) {
    const parsed = parseLabel(label);
    ascii.push('refused' in parsed ? refuse(parsed.refused) : parsed.label);
  }
  const base = ascii.join('.');
  const name = wildcard ? `*.${base}` : base;
  const problem = nameProblem(name, base, ascii, wildcard);
  if (problem !== undefined) {
    return refuse(problem);
  }
  if (wildcard && rules.wildcard !== true) {
    throw new DomainError(
      'HOSTNAME_WILDCARD_NOT_ALLOWED',
      `${safeEcho(name)} is a wildcard, which is not allowed here.`,
    );
  }
  return name as Hostname;
}

export function isWildcard(name: string): boolean {
  return name.startsWith('*.');
}

/**
 * Whether a wildcard stands for a name: `*` is exactly one whole label, the first (RFC 6125 §6.4.3, RFC 9525 §6.3). It covers
 * neither its own base name, nor a name two labels deeper, nor another wildcard. Both arguments are parsed hostnames.
 */
export function wildcardCovers(wildcard: string, name: string): boolean {
  const dot = name.indexOf('.');
  return isWildcard(wildcard) && !isWildcard(name) && dot > 0 && name.slice(dot) === wildcard.slice(1);
}

type ParsedLabel = { readonly label: string } | { readonly refused: string };

function parseLabel(label: string): ParsedLabel {
  const shown = `the label ${safeEcho(label)}`;
  if (label === '') {
    return { refused: 'it has an empty label' };
  }
  if (label.includes('*')) {
    return { refused: `${shown} has a "*", which can only be the whole first label` };
  }
  if (/^\p{ASCII}*$/u.test(label)) {
    const lower = label.toLowerCase();
    if (/[^a-z0-9-]/.test(lower)) {
      return { refused: `${shown} has a character other than letters, digits and hyphens` };
    }
    return lower.startsWith('xn--') && domainToASCII(lower) !== lower
      ? { refused: `${shown} is not a valid A-label` }
      : ldh(lower, shown);
  }
  const encoded = domainToASCII(label);
  const folded = Array.from(label.normalize('NFC'), (character) => character.toLowerCase())
    .join('')
    .normalize('NFC');
  return encoded.startsWith('xn--') && domainToUnicode(encoded) === folded
    ? ldh(encoded, shown)
    : { refused: `${shown} has a character that cannot stand in a hostname or only looks like another` };
}

function ldh(label: string, shown: string): ParsedLabel {
  if (label.length > 63) {
    return { refused: `${shown} is longer than 63 characters` };
  }
  return LDH.test(label) ? { label } : { refused: `${shown} begins or ends with a hyphen` };
}

function nameProblem(name: string, base: string, labels: readonly string[], wildcard: boolean): string | undefined {
  const last = labels.at(-1) ?? '';
  if (name.length > 253) {
    return 'it is longer than 253 characters';
  }
  if (labels.length < 2) {
    return wildcard ? 'a wildcard needs two labels after "*."' : 'it has only one label; give the full name';
  }
  if (/^(\d+|0x[0-9a-f]*)$/.test(last)) {
    return `the last label ${safeEcho(last)} is a number, as in an IP address`;
  }
  // The whole name once more: the rule for right-to-left names (RFC 5893) looks across labels.
  return domainToASCII(base) === base ? undefined : 'its labels do not go together';
}
