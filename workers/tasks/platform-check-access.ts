import { dirname } from 'node:path';

export interface Identity {
  readonly uid: number;
  readonly gids: readonly number[];
}

export interface Inode {
  readonly path: string;
  /** Permission bits only. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

export interface Blocked {
  readonly path: string;
  /** What `chmod` has to be told, such as `o+x`. */
  readonly missing: string;
}

/**
 * The first directory, outermost first, that a user cannot pass: each needs `x`, and those in `ends` need `r` too. As the kernel
 * decides, by one class of bits only: an owner without a right does not get it as one of the others. ACLs are not looked at.
 */
export function firstBlocked(
  directories: readonly Inode[],
  ends: readonly string[],
  user: Identity,
): Blocked | undefined {
  for (const directory of directories) {
    const needed = ends.includes(directory.path) ? 'rx' : 'x';
    const bits = needed === 'rx' ? 0o5 : 0o1;
    if (user.uid !== 0 && (bitsFor(directory, user) & bits) !== bits) {
      return { path: directory.path, missing: rights(directory, user, needed) };
    }
  }
  return undefined;
}

/**
 * Whether a platform may live at `path`: strictly below one of the roots (a root holds platforms, and is none), and
 * neither in the state directory, with its keys and passwords, nor around it. A root that lies in the state directory
 * itself (`platforms/`) was put there for platforms.
 */
export function mayHoldPlatform(path: string, roots: readonly string[], stateDirectory: string): boolean {
  return roots.some((root) => {
    const isOfTheState = isBelow(root, stateDirectory);
    const touchesState = path === stateDirectory || isBelow(path, stateDirectory) || isBelow(stateDirectory, path);
    return isBelow(path, root) && (isOfTheState || !touchesState);
  });
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory === '/' ? '/' : `${directory}/`);
}

/** `/a/b/c` → `/`, `/a`, `/a/b`, `/a/b/c`. */
export function lineage(path: string): readonly string[] {
  return path === dirname(path) ? [path] : [...lineage(dirname(path)), path];
}

export function mayRead(inode: Inode, user: Identity): boolean {
  return user.uid === 0 || (bitsFor(inode, user) & 0o4) !== 0;
}

function bitsFor(inode: Inode, user: Identity): number {
  const shift = { u: 6, g: 3, o: 0 }[classOf(inode, user)];
  return (inode.mode >> shift) & 0o7;
}

function classOf(inode: Inode, user: Identity): 'u' | 'g' | 'o' {
  if (inode.uid === user.uid) {
    return 'u';
  }
  return user.gids.includes(inode.gid) ? 'g' : 'o';
}

/** The argument of `chmod` that gives a user what is missing, in the class that the kernel looks at. */
export function rights(inode: Inode, user: Identity, needed: string): string {
  return `${classOf(inode, user)}+${needed}`;
}
