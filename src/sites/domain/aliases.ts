import { DomainError } from '../../shared/domain-error.js';
import { parseHostname } from '../../shared/hostname.js';
import type { Site, SiteName } from './site.js';

export interface AliasInput {
  readonly name: string;
  /** Redirect to the main name. */
  readonly redirect?: boolean | null;
}

/** As many as one certificate takes; each is asked for after every change, while the others of the server wait. */
const MAX_NAMES = 100;

/** @throws DomainError SITE_NAMES_TOO_MANY */
export function mustNotBeTooMany(uri: string, names: number): void {
  if (names > MAX_NAMES) {
    throw new DomainError('SITE_NAMES_TOO_MANY', `${uri} would have ${names} names; ${MAX_NAMES} is the most.`);
  }
}

export interface ParsedAlias {
  readonly name: string;
  readonly redirect: boolean;
}

/**
 * What a caller wrote as the aliases of a site: names parsed, each once; of the same name twice the last one counts.
 * @throws DomainError HOSTNAME_INVALID, ALIAS_IS_MAIN_NAME, SITE_NAMES_TOO_MANY
 */
export function parseAliases(aliases: readonly AliasInput[], uri: string): readonly ParsedAlias[] {
  mustNotBeTooMany(uri, aliases.length + 1);
  const parsed = aliases.map(({ name, redirect }) => ({
    name: parseHostname(name, { wildcard: true }),
    redirect: redirect ?? false,
  }));
  mustNotBeMainName(uri, parsed);
  return [...new Map(parsed.map((alias) => [alias.name, alias])).values()];
}

/** @throws DomainError ALIAS_IS_MAIN_NAME */
export function mustNotBeMainName(uri: string, aliases: readonly Pick<AliasInput, 'name'>[]): void {
  if (aliases.some(({ name }) => name === uri)) {
    throw new DomainError('ALIAS_IS_MAIN_NAME', `${uri} is the main name of the site, not an alias.`);
  }
}

/** The site's alias of that name. @throws DomainError ALIAS_IS_MAIN_NAME, ALIAS_NOT_FOUND */
export function aliasOf(site: Site, name: string): SiteName {
  const found = wantedNames(site).find((known) => known.name === name);
  if (!found) {
    throw new DomainError('ALIAS_NOT_FOUND', `${site.uri} has no alias ${name}.`);
  }
  if (found.role === 'MAIN') {
    throw new DomainError('ALIAS_IS_MAIN_NAME', `${name} is the main name of the site, not an alias.`);
  }
  return found;
}

/** Names that are to be served once all that is wanted has been done, the main name first. */
export function wantedNames(site: Site): readonly SiteName[] {
  return site.names
    .filter((name) => name.status !== 'REMOVING')
    .sort((a, b) => Number(b.role === 'MAIN') - Number(a.role === 'MAIN') || (a.name < b.name ? -1 : 1));
}

/**
 * Where an alias may redirect to: another name of the same site that is served itself, so that there is neither a
 * chain nor a circle, and no way to send visitors to somebody else's site.
 * @throws DomainError REDIRECT_TARGET_INVALID, HOSTNAME_INVALID, HOSTNAME_WILDCARD_NOT_ALLOWED
 */
export function redirectTarget(site: Site, alias: string, target: string): string {
  const name = parseHostname(target);
  const known = wantedNames(site).find((candidate) => candidate.name === name);
  if (!known || known.redirectTo !== null || known.name === alias) {
    throw new DomainError('REDIRECT_TARGET_INVALID', `${alias} cannot redirect to ${name}: ${why(known, alias)}.`);
  }
  return name;
}

/** @throws DomainError REDIRECT_TARGET_INVALID when another alias redirects to this one */
export function mustNotBeTarget(site: Site, name: string): void {
  const pointing = wantedNames(site).find((other) => other.redirectTo === name);
  if (pointing) {
    throw new DomainError(
      'REDIRECT_TARGET_INVALID',
      `${pointing.name} redirects to ${name}; let it redirect elsewhere or be served itself first.`,
    );
  }
}

function why(known: SiteName | undefined, alias: string): string {
  if (!known) {
    return 'it is not a name of this site';
  }
  return known.name === alias ? 'it is the alias itself' : 'it redirects itself';
}
