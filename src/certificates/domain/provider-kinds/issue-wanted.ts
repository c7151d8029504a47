import type { Server } from '../../../servers/index.js';
import type { Certificate } from '../certificate.js';
import type { AskedProvider } from '../provider/backups.js';

/** What a task that makes a certificate depends on. `provider` is null for those that have no settings. */
export interface IssueWanted
  extends Pick<AskedProvider, 'provider'>, Partial<Pick<AskedProvider, 'mayAskAnother' | 'backupNotice'>> {
  readonly certificate: Certificate;
  readonly server: Server;
  readonly documentRoots: readonly string[];
  /** Fingerprint of the certificate in force, where it is to be replaced however much life it has. */
  readonly replaces?: string;
  /** No certificate is wanted without at least one of these names; empty, or left out: one is in any case. */
  readonly onlyWith?: readonly string[];
}
