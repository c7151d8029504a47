import { stat } from 'node:fs/promises';
import { DomainError } from '../../src/shared/domain-error.js';
import type { Identity, Inode } from '../tasks/platform-check-access.js';
import { runCommand } from './run-command.js';

export async function inspect(paths: readonly string[]): Promise<readonly Inode[]> {
  return Promise.all(
    paths.map(async (path) => {
      const { mode, uid, gid } = await stat(path);
      return { path, mode: mode & 0o777, uid, gid };
    }),
  );
}

export function ownIdentity(): Identity {
  return { uid: process.geteuid?.() ?? 0, gids: [process.getegid?.() ?? 0, ...(process.getgroups?.() ?? [])] };
}

/** Asked of `id`, which knows users of LDAP and the like as well as those of /etc/passwd. */
export async function identityOf(user: string, signal: AbortSignal): Promise<Identity> {
  const ask = async (option: string): Promise<string> => {
    const result = await runCommand({ file: 'id', args: [option, '--', user], timeoutMs: 10_000 }, { signal });
    if (result.outcome === 'NOT_STARTED') {
      throw new DomainError('PROGRAM_MISSING', 'The program `id` (package coreutils) is not installed.');
    }
    if (!result.ok) {
      throw new DomainError('CONFIG_INVALID', `The web server's user ${user} is not known on this server.`, {
        hint: "Register the server with the user that its web server's workers run as.",
      });
    }
    return result.stdout.trim();
  };
  const [uid, gids] = [await ask('-u'), await ask('-G')];
  return { uid: Number(uid), gids: gids.split(' ').map(Number) };
}
