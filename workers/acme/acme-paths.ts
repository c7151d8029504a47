import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Of `<root>/acme` itself: the web server's user may pass through to `challenges`, and see nothing else. */
export const PASSABLE = 0o711;

/** What lies below `<root>/acme`: directories 0700, but `challenges`, which the web server reads. */
export class AcmePaths {
  /** `<thumbprint>.pem`: an account key each, 0600; never written over. */
  readonly keys: string;
  /** The thumbprint of the key that accounts get which name none of their own. */
  readonly defaultKey: string;
  readonly orders: string;
  /** `<token>`: what a CA is to be answered, where the web server's line has another account's thumbprint. */
  readonly challenges: string;

  constructor(readonly root: string) {
    this.keys = join(root, 'keys');
    this.defaultKey = join(root, 'default-key');
    this.orders = join(root, 'orders');
    this.challenges = join(root, 'challenges');
  }

  key(thumbprint: string): string {
    return join(this.keys, `${thumbprint}.pem`);
  }

  /** Of one CA: a directory for each account. */
  directory(directoryUrl: string): string {
    return join(this.root, directoryHash(directoryUrl));
  }

  accountDirectory(directoryUrl: string, account: string): string {
    return join(this.directory(directoryUrl), account);
  }

  account(directoryUrl: string, account: string): string {
    return join(this.accountDirectory(directoryUrl, account), 'account.json');
  }

  order(certificateId: string): string {
    return join(this.orders, `${certificateId}.json`);
  }

  challenge(token: string): string {
    return join(this.challenges, token);
  }
}

export function directoryHash(directoryUrl: string): string {
  return createHash('sha256').update(directoryUrl).digest('hex').slice(0, 16);
}
