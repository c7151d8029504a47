import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PublicPartyKeys } from '../queue/key-files.js';
import { DomainError } from '../shared/domain-error.js';

const jwk = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() });
const document = z.object({ signing: jwk, encryption: jwk });

/**
 * The control plane's public keys on a server that only has a runner: `keys/control-plane.pub.json`, copied there from
 * what `hler control-plane keys` prints.
 * @throws DomainError CONFIG_INVALID
 */
export async function readControlPlaneKeys(keysDirectory: string): Promise<PublicPartyKeys> {
  const path = join(keysDirectory, 'control-plane.pub.json');
  try {
    return document.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new DomainError(
      'CONFIG_INVALID',
      `${path} is missing or not usable. Put there what \`hler control-plane keys\` prints on the control plane.`,
      { cause: error },
    );
  }
}
