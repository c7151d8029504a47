import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { candidateNames } from '../domain/candidate-names.js';
import type { Certificate } from '../domain/certificate.js';
import { coverage, type NameCoverage } from '../domain/coverage.js';
import { CertificateStore } from './certificate-store.js';

/** Which certificates of a client on a server cover which of these names now. */
@Injectable()
export class CoveringCertificates {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly clock: Clock,
  ) {}

  /** `asIf`: one of them as it is going to be. */
  async of(
    clientId: string,
    serverId: string,
    names: readonly string[],
    asIf?: Certificate,
  ): Promise<readonly NameCoverage[]> {
    const found = await this.certificates.findByNames(clientId, serverId, candidateNames(names));
    const others = asIf ? found.filter(({ id }) => id !== asIf.id) : found;
    return coverage(names, asIf ? [...others, asIf] : others, this.clock.now());
  }
}
