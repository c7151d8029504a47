import { isWildcard } from '../../shared/hostname.js';

/** The names that a certificate must have to cover one of `names`: each itself, and its parent's wildcard. */
export function candidateNames(names: readonly string[]): readonly string[] {
  return [
    ...new Set(names.flatMap((name) => (isWildcard(name) ? [name] : [name, `*.${name.slice(name.indexOf('.') + 1)}`]))),
  ];
}
