import { Injectable } from '@nestjs/common';
import {
  CertificateStore,
  CoveringCertificates,
  DEFAULT_KEY_TYPE,
  RequestCertificate,
  type Certificate,
  type NameCoverage,
} from '../../certificates/index.js';
import { wantedNames } from '../domain/aliases.js';
import type { Site } from '../domain/site.js';

/**
 * No site waits for HTTPS: where it is wanted and a name is not covered yet, a self-signed certificate for all names
 * is requested, or the one that was requested for them already and never made is taken up again. A site that has one from elsewhere keeps it; a name that it lacks is then served over HTTP only.
 */
@Injectable()
export class SelfSignedCover {
  constructor(
    private readonly covering: CoveringCertificates,
    private readonly certificates: CertificateStore,
    private readonly request: RequestCertificate,
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
    const requested = await this.#requested(coverage, names);
    if (requested) {
      return requested;
    }
    const inUse = coverage.flatMap((name) => (name.state === 'COVERED' ? [name.certificateId] : []));
    const others = (await this.certificates.findMany(inUse)).filter(({ provider }) => provider !== 'SELF_SIGNED');
    return others.length > 0
      ? null
      : this.request.execute({ clientId, serverId, names, keyType: DEFAULT_KEY_TYPE, provider: 'SELF_SIGNED' });
  }

  /** A certificate for exactly these names that waits to be made: its operation has not begun, or has failed. */
  async #requested(coverage: readonly NameCoverage[], names: readonly string[]): Promise<Certificate | null> {
    const ids = coverage.flatMap((name) => (name.state === 'PENDING' ? [name.certificateId] : []));
    const pending = ids.length === 0 ? [] : await this.certificates.findMany([...new Set(ids)]);
    const isForThese = ({ provider, names: its }: Certificate): boolean =>
      provider === 'SELF_SIGNED' && its.length === names.length && names.every((name) => its.includes(name));
    return pending.find(isForThese) ?? null;
  }
}
