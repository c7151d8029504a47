import { relative } from 'node:path';
import type { Config, Role } from './config.js';
import type { StatePaths } from './state-paths.js';

/** True when `path` is `directory` or lies below it. Both absolute and normal; links are the caller's to resolve. */
export function isWithin(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== '..' && !way.startsWith('../');
}

/**
 * Where platforms may live when nobody says: `platforms/` of the state, and for `hler up` the directory that it was
 * started in, so that a newcomer can serve a directory of the clone. Never the home directory or what holds it: its
 * hidden files (`.ssh`, `.my.cnf`) would be one mutation away from being published.
 */
export function defaultPlatformRoots(role: Role, paths: StatePaths, cwd: string, home: string): readonly string[] {
  return role === 'up' && !isWithin(home, cwd) ? [paths.platforms, cwd] : [paths.platforms];
}

/**
 * Whether a platform may live at `path` (absolute, links resolved; pass `platformRoots` and `root` resolved as well):
 * at or below one of the roots, and neither in the state directory nor around it, which holds keys and passwords.
 * `platforms/` of the state directory is the exception.
 */
export function isPlatformPath(
  path: string,
  { platformRoots, paths }: Pick<Config, 'platformRoots' | 'paths'>,
): boolean {
  const touchesState = isWithin(path, paths.root) || isWithin(paths.root, path);
  const isOurs = path !== paths.platforms && isWithin(path, paths.platforms);
  return platformRoots.some((root) => isWithin(path, root)) && (isOurs || !touchesState);
}
