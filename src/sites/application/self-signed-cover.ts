import { Injectable } from '@nestjs/common';
import {
  CertificateStore,
  CoveringCertificates,
  DEFAULT_KEY_TYPE,
  RequestSelfSigned,
  type Certificate,
} from '../../certificates/index.js';
import { wantedNames } from '../domain/aliases.js';
import type { Site } from '../domain/site.js';

/**
 * No site waits for HTTPS: where it is wanted and a name is not covered yet, a self-signed certificate for all names
 * is requested. A site that has one from elsewhere keeps it; a name that it lacks is then served over HTTP only.
 */
@Injectable()
export class SelfSignedCover {
  constructor(
    private readonly covering: CoveringCertificates,
    private readonly certificates: CertificateStore,
    private readonly requestSelfSigned: RequestSelfSigned,
  ) {}

  /** @throws DomainError CERTIFICATE_NAMES_INVALID when the site has more names than a certificate takes */
  async ifNeeded(site: Site): Promise<Certificate | null> {
    if (site.https === 'DISABLED') {
      return null;
    }
    const { clientId, serverId } = site;
    const names = wantedNames(site).map(({ name }) => name);
    const coverage = await this.covering.of(clientId, serverId, names);
    if (coverage.every(({ state }) => state === 'COVERED')) {
      return null;
    }
    const inUse = coverage.flatMap((name) => (name.state === 'COVERED' ? [name.certificateId] : []));
    const others = (await this.certificates.findMany(inUse)).filter(({ provider }) => provider !== 'SELF_SIGNED');
    return others.length > 0
      ? null
      : this.requestSelfSigned.execute({ clientId, serverId, names, keyType: DEFAULT_KEY_TYPE });
  }
}
