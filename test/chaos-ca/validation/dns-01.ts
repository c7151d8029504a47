import { createHash } from 'node:crypto';
import { AcmeProblem } from '../problem.js';
import type { Proof, Surroundings } from './proof.js';

/** RFC 8555 §8.4: one of the TXT records is the digest. */
export async function dns01({ resolver }: Surroundings, proof: Proof): Promise<AcmeProblem | undefined> {
  const name = `_acme-challenge.${proof.identifier.value}`;
  const wanted = createHash('sha256').update(proof.keyAuthorization).digest('base64url');
  const found = await resolver.txt(name);
  if (found.includes(wanted)) {
    return undefined;
  }
  return found.length === 0
    ? new AcmeProblem('unauthorized', `No TXT record found at ${name}`)
    : new AcmeProblem(
        'unauthorized',
        `Incorrect TXT record "${String(found[0])}"${found.length > 1 ? ` (and ${found.length - 1} more)` : ''} found at ${name}`,
      );
}
