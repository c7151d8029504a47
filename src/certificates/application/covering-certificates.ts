import { Injectable } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { grouped } from '../../shared/grouped.js';
import { candidateNames } from '../domain/candidate-names.js';
import type { Certificate } from '../domain/certificate.js';
import { coverage, type NameCoverage } from '../domain/coverage.js';
import { CertificateStore } from './certificate-store.js';

/** Names of a client on a server. */
export interface Covered {
  readonly clientId: string;
  readonly serverId: string;
  readonly names: readonly string[];
}

const placeOf = ({ clientId, serverId }: Pick<Covered, 'clientId' | 'serverId'>): string => `${clientId} ${serverId}`;

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

  /** The same for many at a time, with as many queries as one takes. */
  async ofMany<T extends Covered>(all: readonly T[]): Promise<ReadonlyMap<T, readonly NameCoverage[]>> {
    const found = await this.certificates.findByAnyName(candidateNames(all.flatMap(({ names }) => names)));
    const byPlace = grouped(found, placeOf);
    const now = this.clock.now();
    return new Map(all.map((one) => [one, coverage(one.names, byPlace.get(placeOf(one)) ?? [], now)]));
  }
}
