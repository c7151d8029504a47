import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything below a directory, by path: directories by mode, links by target, files by content. Empty when it is not there. */
export async function treeSnapshot(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of await readdir(path).catch(() => [])) {
    const child = join(path, name);
    const stat = await lstat(child);
    if (stat.isDirectory()) {
      Object.assign(found, { [`${child}/`]: (stat.mode & 0o777).toString(8) }, await treeSnapshot(child));
    } else {
      found[child] = stat.isSymbolicLink() ? await readlink(child) : await readFile(child, 'utf8');
    }
  }
  return found;
}
