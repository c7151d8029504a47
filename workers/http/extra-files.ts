import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DEFAULT_SERVER_NAME, type Consumer } from '../../src/consumers/index.js';
import { errnoOf, fsError } from '../system/fs-error.js';
import type { Target } from './effects.js';
import type { StoredFile } from './http-change.js';
import type { WantedChange } from './plan-changes.js';

/** The directories that hold files of sites and nothing else. Those of the administrator are never among them. */
export function siteDirectories(consumer: Consumer): readonly string[] {
  const directories = consumer.sitePaths(DEFAULT_SERVER_NAME).map((path) => dirname(path));
  return [...new Set(directories)].filter((directory) => directory !== '.');
}

/**
 * A change of the server as a whole that knows all its sites also removes what lies between the files of sites and belongs
 * to none: it is no file of a site, of this batch, or of an apply that was cut off.
 */
export async function withExtras(
  target: Target,
  wanted: readonly WantedChange[],
  journal: readonly StoredFile[],
): Promise<readonly WantedChange[]> {
  const whole = wanted.find(({ rendered }) => rendered.siteUris !== null);
  if (whole === undefined) {
    return wanted;
  }
  const { consumer } = target;
  const known = new Set([
    ...(whole.rendered.siteUris ?? []).flatMap((uri) => consumer.sitePaths(uri)),
    ...[...wanted.flatMap(({ rendered }) => rendered.files), ...journal].map(({ path }) => path),
  ]);
  const found = (await Promise.all(siteDirectories(consumer).map((name) => entriesOf(target.directory, name)))).flat();
  const extras = found.filter((path) => !known.has(path)).map((path) => ({ path, content: null, mode: 0o644 }));
  const files = [...whole.rendered.files, ...extras];
  return wanted.map((change) => (change === whole ? { ...whole, rendered: { ...whole.rendered, files } } : change));
}

async function entriesOf(directory: string, name: string): Promise<readonly string[]> {
  try {
    return (await readdir(`${directory}/${name}`)).toSorted().map((entry) => `${name}/${entry}`);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') {
      return [];
    }
    throw fsError(error, `${directory}/${name}`);
  }
}
