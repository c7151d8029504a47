import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { AcmeProblem, problemOf, type Subproblem } from './problem.js';

export interface Identifier {
  readonly type: 'dns' | 'ip';
  readonly value: string;
}

const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** What Boulder's policy says before any limit is asked: syntax, A-labels, one wildcard in front, no blocked name. */
export function parseIdentifiers(raw: unknown, blocked: readonly string[] = []): readonly Identifier[] {
  if (!Array.isArray(raw) || raw.length === 0) {
    throw new AcmeProblem('malformed', 'NewOrder request did not specify any identifiers');
  }
  const identifiers = raw.map(toIdentifier);
  const refusals = identifiers.flatMap((identifier): readonly Subproblem[] => {
    const refused = identifier.type === 'ip' ? ipProblem(identifier.value) : dnsProblem(identifier.value, blocked);
    return refused === undefined ? [] : [{ type: 'rejectedIdentifier', detail: refused, identifier }];
  });
  if (refusals.length > 0) {
    throw problemOf(refusals);
  }
  const byKey = new Map(identifiers.map((identifier) => [`${identifier.type}:${identifier.value}`, identifier]));
  return [...byKey.values()];
}

function toIdentifier(raw: unknown): Identifier {
  const { type, value } = (raw ?? {}) as Record<string, unknown>;
  if (typeof value !== 'string' || value === '') {
    throw new AcmeProblem('malformed', 'NewOrder request included an identifier without a value');
  }
  if (type !== 'dns' && type !== 'ip') {
    throw new AcmeProblem('unsupportedIdentifier', `NewOrder request included unsupported identifier: ${String(type)}`);
  }
  return { type, value: value.toLowerCase() };
}

function ipProblem(value: string): string | undefined {
  return isIP(value) === 0 || value.includes('%') ? `IP address is not in its canonical form: ${value}` : undefined;
}

function dnsProblem(value: string, blocked: readonly string[]): string | undefined {
  const name = value.startsWith('*.') ? value.slice(2) : value;
  const labels = name.split('.');
  if (isIP(value) !== 0 || /^\d+$/.test(labels.at(-1) ?? '')) {
    return `Identifier of type "dns" is an IP address: ${value}`;
  }
  if (name.includes('*')) {
    return `Domain name has a wildcard that is not its first label: ${value}`;
  }
  if (value.length > 253 || labels.length < 2) {
    return labels.length < 2 ? `Domain name needs at least one dot: ${value}` : 'Domain name is longer than 253 bytes';
  }
  if (!labels.every((label) => LABEL.test(label))) {
    return `Domain name contains an invalid character: ${JSON.stringify(value)}`;
  }
  if (domainToASCII(name) !== name) {
    return `Domain name contains a malformed IDN: ${value}`;
  }
  const isBlocked = blocked.some((suffix) => name === suffix || name.endsWith(`.${suffix}`));
  return isBlocked ? `The ACME server refuses to issue a certificate for this domain name: ${value}` : undefined;
}

/** The name of an exact set, however it is ordered and written. */
export function identifierSet(values: readonly string[]): string {
  return [...new Set(values.map((value) => value.toLowerCase()))].sort().join(',');
}

export function isWildcard(value: string): boolean {
  return value.startsWith('*.');
}

/** What is validated: a wildcard's base name. */
export function baseName(value: string): string {
  return isWildcard(value) ? value.slice(2) : value;
}
