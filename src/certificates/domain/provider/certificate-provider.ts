import type { AcmeSettings } from './acme-settings.js';

/**
 * A CA and how it is spoken to. Self-signed and uploaded certificates need no settings: they are there without a row.
 * Which one a site gets is for the policy to say.
 */
export interface CertificateProvider {
  readonly id: string;
  /** Machine name, unique among those that the same client (or nobody) owns. It names the account at the CA, too. */
  readonly name: string;
  /** Null: the operator's, for everybody. */
  readonly clientId: string | null;
  /** Who is asked when this one's CA fails on its own side; null: nobody. */
  readonly backupId: string | null;
  readonly acme: AcmeSettings;
  readonly createdAt: Date;
}
