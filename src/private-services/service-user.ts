/** A user of the operating system, from its user database. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** A directory as `stat` shows it. */
export interface DirectoryAccess {
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** `account` is who a server runs as; null: as the user that Hlér itself runs as. `message` is for the log. */
export type ServiceUser =
  | { readonly account: Account; readonly reason: 'DROPPED'; readonly message: string }
  | {
      readonly account: null;
      readonly reason: 'NOT_ROOT' | 'ACCOUNT_MISSING' | 'UNREACHABLE';
      readonly message: string;
    };

/**
 * Which user a server (MariaDB, Redis, the workers of nginx) runs as. Root steps down to the server's own account where
 * that account can reach every one of `directories`: pass all that it needs with all their parents. Where it cannot, as
 * in a clone below /root or in a 0700 temporary directory, the server runs as root rather than not at all.
 * Pure: `resolveServiceUser` reads the facts.
 */
export function serviceUser(facts: {
  readonly server: string;
  readonly processUid: number;
  readonly accountName: string;
  readonly account: Account | null;
  readonly directories: readonly DirectoryAccess[];
}): ServiceUser {
  const { server, accountName, account } = facts;
  if (facts.processUid !== 0) {
    return { account: null, reason: 'NOT_ROOT', message: `${server} runs as the user that Hlér runs as.` };
  }
  if (account === null) {
    const message = `${server} runs as root, because there is no user ${accountName} here.`;
    return { account: null, reason: 'ACCOUNT_MISSING', message };
  }
  const barrier = facts.directories.find((directory) => !mayEnter(account, directory));
  if (barrier) {
    const message = `${server} runs as root, because the user ${accountName} cannot enter ${barrier.path} (mode ${(barrier.mode & 0o777).toString(8)}).`;
    return { account: null, reason: 'UNREACHABLE', message };
  }
  return { account, reason: 'DROPPED', message: `${server} runs as the user ${accountName}.` };
}

/** The class that fits best decides alone, as in the kernel: an owner without the bit gets nothing from "others". */
function mayEnter(account: Account, directory: DirectoryAccess): boolean {
  if (directory.uid === account.uid) {
    return (directory.mode & 0o100) !== 0;
  }
  return (directory.mode & (directory.gid === account.gid ? 0o010 : 0o001)) !== 0;
}
