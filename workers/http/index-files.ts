import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigFile, ConsumerIndex, HttpServerSpec } from '../../src/consumers/index.js';
import type { StoredFile } from './http-change.js';
import { isSame, readFiles } from './live-files.js';

/**
 * The files that name all others of a configuration directory, as they should be once `removed` are gone. Read anew each time: what
 * an administrator has added or taken away counts as well.
 */
export async function indexFiles(
  index: ConsumerIndex,
  server: HttpServerSpec,
  directory: string,
  removed: ReadonlySet<string> = new Set(),
): Promise<readonly ConfigFile[]> {
  const paths = await listAll(directory, index.directories);
  const toRead = (await listAll(directory, [index.readDirectory])).filter((path) => !removed.has(path));
  const read = await Promise.all(
    toRead.map(async (path) => ({ path, content: await readFile(join(directory, path), 'utf8') })),
  );
  const certificates = index.certificates(read);
  const namesIn = new Map(
    (await Promise.all(certificates.map(readNames))).flatMap((names, position) => {
      const path = certificates[position];
      return names === undefined || path === undefined ? [] : [[path, names] as const];
    }),
  );
  return index.render({ paths: paths.filter((path) => !removed.has(path)), read, namesIn }, server);
}

/** Those that are not so on disk. */
export async function staleIndexFiles(
  index: ConsumerIndex,
  server: HttpServerSpec,
  directory: string,
  removed: ReadonlySet<string> = new Set(),
): Promise<readonly ConfigFile[]> {
  const wanted = await indexFiles(index, server, directory, removed);
  const live = await readFiles(
    directory,
    wanted.map(({ path }) => path),
  );
  const none: StoredFile = { path: '', content: null, mode: 0 };
  return wanted.filter((file) => !isSame(file, live.get(file.path) ?? none));
}

async function listAll(directory: string, folders: readonly string[]): Promise<readonly string[]> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(join(directory, folder)).catch(() => []);
      return names.filter((name) => name.endsWith('.conf')).map((name) => `${folder}/${name}`);
    }),
  );
  return lists.flatMap((paths) => paths.toSorted());
}

/** DNS names of the first certificate in a file; undefined where there is none that can be read. */
async function readNames(path: string): Promise<readonly string[] | undefined> {
  try {
    const { subjectAltName = '' } = new X509Certificate(await readFile(path));
    return subjectAltName.split(', ').flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []));
  } catch {
    return undefined;
  }
}
