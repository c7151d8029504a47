import type { Certificate } from '../certificate.js';
import type { CertificateProvider } from '../provider/certificate-provider.js';
import type { RenewalWindow } from '../renewal/renewal-time.js';
import { limitSetOf, type LimitSet } from './limits.js';
import type { BudgetedOrder } from './order-budget.js';

/** An order for a certificate, as the limits of the CA that it goes to see it. Plain data. */
export interface CaOrder {
  readonly directoryUrl: string;
  readonly limits: LimitSet;
  readonly order: BudgetedOrder;
}

/**
 * Of all names that are asked for. Pure. `window`: what the issuer of the certificate in force has advised. An order is only known to
 * replace that one, and to be its renewal, where the same CA has issued it.
 */
export function caOrder(
  certificate: Certificate,
  provider: CertificateProvider,
  window: RenewalWindow | null,
): CaOrder {
  const { requestedNames, names, notBefore, acmeDirectoryUrl, ariId } = certificate;
  const { directoryUrl, limits } = provider.acme;
  const isSameCa = acmeDirectoryUrl === directoryUrl;
  const isSameSet = requestedNames.length === names.length && requestedNames.every((name) => names.includes(name));
  return {
    directoryUrl,
    limits: limitSetOf(limits, directoryUrl),
    order: {
      accountId: accountAt(provider, certificate.serverId),
      names: requestedNames,
      replaces: isSameCa && ariId !== null ? { window } : null,
      lastIssuedAt: isSameCa && isSameSet ? notBefore : null,
    },
  };
}

/** Each server has an account of its own. The operator's providers share its key; that of a client has its own. */
export function accountAt({ id, clientId }: CertificateProvider, serverId: string): string {
  return clientId === null ? serverId : `${serverId} ${id}`;
}
