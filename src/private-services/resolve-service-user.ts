import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { serviceUser, type Account, type DirectoryAccess, type ServiceUser } from './service-user.js';

/** Reads the facts and decides: see `serviceUser`. Every directory must exist. */
export async function resolveServiceUser(
  server: string,
  accountName: string,
  directories: readonly string[],
): Promise<ServiceUser> {
  return serviceUser({
    server,
    processUid: processUid(),
    accountName,
    account: await findAccount(accountName),
    directories: await withParents(directories),
  });
}

/** The effective user id: what files that we make belong to. */
export function processUid(): number {
  return process.geteuid?.() ?? 0;
}

async function findAccount(name: string): Promise<Account | null> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? null : { name, uid: Number(uid), gid: Number(gid) };
}

async function withParents(directories: readonly string[]): Promise<readonly DirectoryAccess[]> {
  const paths = new Set<string>();
  for (const directory of directories) {
    // Links resolved: the way that the kernel takes is the way that counts.
    for (let path = await realpath(directory); !paths.has(path); path = dirname(path)) {
      paths.add(path);
    }
  }
  return Promise.all(
    [...paths].map(async (path) => {
      const { uid, gid, mode } = await stat(path);
      return { path, uid, gid, mode };
    }),
  );
}
