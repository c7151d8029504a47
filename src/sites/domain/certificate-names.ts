import { DomainError } from '../../shared/domain-error.js';
import { parseHostname } from '../../shared/hostname.js';
import { wantedNames } from './aliases.js';
import type { Site } from './site.js';

/** @throws DomainError CERTIFICATE_NAMES_INVALID for a name that is not the site's */
export function certificateNames(site: Site, asked: readonly string[] | null | undefined): readonly string[] {
  const own = wantedNames(site).map(({ name }) => name);
  if (!asked) {
    return own;
  }
  const names = asked.map((name) => parseHostname(name, { wildcard: true }) as string);
  const foreign = names.find((name) => !own.includes(name));
  if (foreign !== undefined) {
    throw new DomainError(
      'CERTIFICATE_NAMES_INVALID',
      `${foreign} is not a name of ${site.uri}; add it as an alias first.`,
    );
  }
  return [...new Set(names)];
}
