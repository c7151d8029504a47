import { join } from 'node:path';
import { readFile } from 'node:fs/promises';
import { Staging } from '../tls/private-files.js';
import { generationsOf, liveGeneration } from '../tls/stored-generation.js';
import { generationName, TlsLayout } from '../tls/tls-layout.js';
import { judgePair } from './certificate-pair.js';
import type { Target } from './effects.js';

/**
 * Puts the newest generation of a key in force that a web server can read, where the one in force has been spoilt. Idempotent;
 * whether it did. A certificate that has run out is better than a site without HTTPS, and than a server that does not start.
 */
export async function restoreGeneration({ server }: Target, spki: string): Promise<boolean> {
  const { tls, staging } = server.paths;
  const layout = new TlsLayout(tls);
  const live = await liveGeneration(layout, spki);
  const generations = await generationsOf(layout, spki);
  for (const generation of generations.toSorted((one, other) => other - one)) {
    if (generation !== live && (await isReadable(layout.generation(spki, generation), spki))) {
      await new Staging(staging, spki).replaceLink(layout.live(spki), generationName(generation));
      return true;
    }
  }
  return false;
}

async function isReadable(directory: string, spki: string): Promise<boolean> {
  try {
    const read = (name: string): Promise<string> => readFile(join(directory, name), 'utf8');
    const [chain, key] = await Promise.all([read('fullchain.pem'), read('privkey.pem')]);
    return 'fingerprint' in judgePair(chain, key, spki, []);
  } catch {
    return false;
  }
}
