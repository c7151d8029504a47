import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { candidateNames } from '../domain/candidate-names.js';
import { coverage, type NameCoverage } from '../domain/coverage.js';
import { CertificateStore } from './certificate-store.js';

/** Which certificates of a client on a server cover which of these names now. */
@Injectable()
export class CoveringCertificates {
  constructor(
    private readonly certificates: CertificateStore,
    private readonly clock: Clock,
  ) {}

  async of(clientId: string, serverId: string, names: readonly string[]): Promise<readonly NameCoverage[]> {
    const found = await this.certificates.findByNames(clientId, serverId, candidateNames(names));
    return coverage(names, found, this.clock.now());
  }
}
