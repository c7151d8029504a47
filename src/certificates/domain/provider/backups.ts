import type { Certificate } from '../certificate.js';
import type { CertificateProvider } from './certificate-provider.js';

/** A provider and its backups, in the order in which they are asked. */
export type ProviderChain = readonly CertificateProvider[];

/**
 * The one that a certificate has come from: a backup may have issued it. The first choice when none of them has its directory
 * any more.
 */
export function issuerAmong(
  chain: ProviderChain,
  { acmeDirectoryUrl }: Pick<Certificate, 'acmeDirectoryUrl'>,
): CertificateProvider | null {
  return chain.find(({ acme }) => acme.directoryUrl === acmeDirectoryUrl) ?? chain[0] ?? null;
}

/** The one of a chain that an operation asks. */
export interface AskedProvider {
  /** Null for a certificate that needs none. */
  readonly provider: CertificateProvider | null;
  /** Should its CA fail, another is asked the next time. */
  readonly mayAskAnother: boolean;
  /** What the operation says about it; null: it is the first choice, and nothing has to be said. */
  readonly backupNotice: string | null;
}

/** `index` 0 is the first choice, which also stands in for one that is not there any more; `why`: how the CA before it has failed. */
export function askedProvider(chain: ProviderChain, index: number, why: string | null): AskedProvider {
  const first = chain[0] ?? null;
  const provider = chain[index] ?? first;
  const backupNotice = first && provider && provider !== first ? noticeOf(first, provider, why) : null;
  return { provider, mayAskAnother: chain.length > 1, backupNotice };
}

function noticeOf(first: CertificateProvider, backup: CertificateProvider, why: string | null): string {
  const reason = why === null ? '' : ` Last: ${why}`;
  return `The backup "${backup.name}" is asked, because the CA of "${first.name}" fails on its own side.${reason}`;
}

/** Why a provider cannot have the backups that follow it in the chain; undefined: it can. Pure. */
export function backupObjection(chain: ProviderChain): string | undefined {
  const [provider, ...backups] = chain;
  return provider && (goesInACircle(chain) ?? backups.map((backup) => cannotStandIn(provider, backup)).find(Boolean));
}

function goesInACircle(chain: ProviderChain): string | undefined {
  const twice = chain.find(({ id }, index) => chain.findIndex((other) => other.id === id) !== index);
  return twice && `"${twice.name}" would be its own backup. Name one that does not lead back to it.`;
}

function cannotStandIn(provider: CertificateProvider, backup: CertificateProvider): string | undefined {
  if (backup.clientId !== null && backup.clientId !== provider.clientId) {
    return `The backup "${backup.name}" belongs to one client, and not everybody who uses "${provider.name}" may use it. Name one of the operator or of the same client.`;
  }
  if (backup.acme.staging && !provider.acme.staging) {
    return `The backup "${backup.name}" is for tests, and browsers do not trust what it issues. Name one for production.`;
  }
  return backup.acme.directoryUrl === provider.acme.directoryUrl
    ? `The backup "${backup.name}" is the same CA as "${provider.name}": when one fails, so does the other. Name another CA.`
    : undefined;
}
