import { Injectable } from '@nestjs/common';
import { CoveringCertificates, type Certificate } from '../../certificates/index.js';
import { wantedNames } from '../domain/aliases.js';
import { SiteStore } from './site-store.js';

/** Names of sites that a certificate serves, or would serve. */
@Injectable()
export class ServedNames {
  constructor(
    private readonly sites: SiteStore,
    private readonly covering: CoveringCertificates,
  ) {}

  async of(certificate: Certificate): Promise<readonly string[]> {
    const { id, clientId, serverId } = certificate;
    const sites = await this.sites.findCoveredBy(clientId, serverId, certificate.names);
    const names = sites.flatMap((site) => wantedNames(site).map(({ name }) => name));
    const coverage = await this.covering.of(clientId, serverId, names, certificate);
    return coverage.flatMap((one) => (one.state === 'COVERED' && one.certificateId === id ? [one.name] : []));
  }
}
