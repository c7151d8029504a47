import { FILE_MODE } from './config-files.js';
import type { ConfigFile } from './consumer.js';
import { sealDigest } from './digest.js';

export const HEADER =
  '# Written by Hlér; changes made here are lost. Yours belong into pre.d/, post.d/ and extra.d/<main name>.conf.\n';

/**
 * The files of a server as a whole, from their names and contents. `default.conf`, whose text holds a probe, comes last and carries
 * the digest of all.
 */
export function serverFiles(
  others: readonly (readonly [name: string, content: string])[],
  renderedDefault: string,
): readonly ConfigFile[] {
  const covered = others.map(([, content]) => content).join('\0');
  const all = [...others, ['default.conf', sealDigest(HEADER + renderedDefault, covered)] as const];
  return all.map(([name, content]) => ({ path: name, content, mode: FILE_MODE }));
}
