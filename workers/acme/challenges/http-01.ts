import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { ensureDirectory } from '../../system/atomic-write.js';
import { canProve } from '../../../src/certificates/domain/acme/challenge-method.js';
import { fsError } from '../../system/fs-error.js';
import { ifPresent } from '../../tls/private-files.js';
import { PASSABLE, type AcmePaths } from '../acme-paths.js';
import type { ChallengeSolver } from './challenge-solver.js';

/**
 * RFC 8555 §8.3. Where the web server's static line has the thumbprint of this account, there is nothing to do. Else (another
 * account, or a key that was just rolled) the answer is a file that the web server prefers to its line.
 */
export function http01(paths: AcmePaths, answeredByLine: boolean): ChallengeSolver {
  return {
    type: 'http-01',
    canProve: (name) => canProve({ type: 'http-01' }, name),
    plan: ({ token }) => Promise.resolve(answeredByLine ? null : { kind: 'file', token }),
    async present(planned, { keyAuthorization }) {
      if (planned.kind === 'file') {
        // For the web server's user to read: it is no secret (RFC 8555 §10).
        await ensureDirectory(paths.challenges, 0o755);
        await chmod(paths.root, PASSABLE);
        // Straight to its place: the CA does not look before it is told to, and a kill leaves nothing that nobody knows of. Where it has
        // been told already, the answer stands, and is not touched.
        const path = paths.challenge(planned.token);
        if ((await ifPresent(readFile(path, 'utf8'))) !== keyAuthorization) {
          await writeFor(path, keyAuthorization);
        }
      }
    },
    confirm: () => Promise.resolve(new Map()),
    async remove(presented) {
      if (presented.kind === 'file') {
        const path = paths.challenge(presented.token);
        await rm(path, { force: true }).catch((error: unknown) => {
          throw fsError(error, path);
        });
      }
    },
  };
}

async function writeFor(path: string, content: string): Promise<void> {
  try {
    await writeFile(path, content, { mode: 0o644 });
    await chmod(path, 0o644);
  } catch (error) {
    throw fsError(error, path);
  }
}
