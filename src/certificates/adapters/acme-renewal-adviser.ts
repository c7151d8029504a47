import { Injectable, Logger } from '@nestjs/common';
import { CertificateProviderStore } from '../application/certificate-provider-store.js';
import { providerChain } from '../application/provider-chain.js';
import { RenewalInfoClient } from '../application/renewal/renewal-info-client.js';
import { RenewalAdviser } from '../application/renewal/renewal-adviser.js';
import type { Certificate } from '../domain/certificate.js';
import { issuerAmong } from '../domain/provider/backups.js';
import { SilentCas } from './silent-cas.js';
import { leafOf } from '../domain/leaf-of.js';
import type { RenewalAdvice } from '../domain/renewal/renewal-state.js';
import { Clock } from '../../shared/clock.js';

/**
 * ARI (RFC 9773) of the CA that a certificate comes from. The question needs no account, so the control plane asks it itself. A CA that
 * gives no answer is left alone for some minutes.
 */
@Injectable()
export class AcmeRenewalAdviser extends RenewalAdviser {
  readonly #logger = new Logger('Renewal');
  readonly #silent = new SilentCas();

  constructor(
    private readonly providers: CertificateProviderStore,
    private readonly client: RenewalInfoClient,
    private readonly clock: Clock,
  ) {
    super();
  }

  async ask(certificate: Certificate): Promise<RenewalAdvice | null> {
    const { providerId, chainPem, names } = certificate;
    const provider = issuerAmong(await providerChain(this.providers, providerId), certificate);
    if (!provider || chainPem === null) {
      return null;
    }
    const { directoryUrl, caBundle, proxyUrl } = provider.acme;
    if (this.#silent.has(directoryUrl, this.clock.now())) {
      return null;
    }
    try {
      // Without `proxySecret`: that is a file of the servers.
      const ca = { directoryUrl, caBundlePem: caBundle, proxyUrl };
      const info = await this.client.ask(ca, leafOf(chainPem), this.clock.now());
      if (info !== null && info.explanationUrl !== null) {
        this.#logger.log(`${names[0] ?? ''}: why its CA wants it renewed is said at ${info.explanationUrl}.`);
      }
      return info && { window: info.window, askAgainAt: info.askAgainAt };
    } catch (error) {
      this.#silent.note(directoryUrl, error, this.clock.now());
      this.#logger.warn(`${directoryUrl} gave no advice about the certificate for ${names[0] ?? ''}: ${String(error)}`);
      return null;
    }
  }
}
