import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CreateToken } from '../../clients/application/create-token.js';
import { writeFileDurably } from '../../config/index.js';
import { Authenticator } from '../../shared/authenticator.js';
import { Secret } from '../../shared/secret.js';
import type { Up } from '../up.js';

/**
 * The operator's token of the quick start. Tokens are kept as hashes only, so this one is kept for its owner in
 * `keys/quickstart.token` (0600) and shown again at every start; when it does not work any more, a new one is made.
 */
export async function operatorToken({ app, config }: Pick<Up, 'app' | 'config'>): Promise<Secret> {
  const path = join(config.paths.keys, 'quickstart.token');
  const kept = (await readFile(path, 'utf8').catch(() => '')).trim();
  if (kept !== '' && (await app.get(Authenticator, { strict: false }).authenticate(`Bearer ${kept}`))) {
    return new Secret(kept);
  }
  const token = await app.get(CreateToken, { strict: false }).execute({ label: 'quickstart' });
  await writeFileDurably(path, `${token.reveal()}\n`, 0o600);
  return token;
}
