import { Injectable } from '@nestjs/common';
import { certificateOperation, type Certificate } from '../../certificates/index.js';
import { RequestOperation, exclusive, shared, type Operation, type OperationRequest } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { SiteStore } from './site-store.js';

/** Requests work on a certificate, which excludes other work on it and on every site that has one of its names. */
@Injectable()
export class RequestCertificateOperation {
  constructor(
    private readonly sites: SiteStore,
    private readonly request: RequestOperation,
  ) {}

  /** `certificate`: as it will be, so that sites which it is going to serve are found. */
  async execute(
    kind: string,
    certificate: Certificate,
    actor: Actor,
    more: Pick<OperationRequest, 'input' | 'sealed'> = {},
  ): Promise<Operation> {
    const { clientId, serverId, names } = certificate;
    const users = await this.sites.findCoveredBy(clientId, serverId, names);
    const locks = [
      ...users.map((user) => exclusive('site', user.id)),
      ...new Map(users.map((user) => [user.platformId, shared('platform', user.platformId)])).values(),
    ];
    return this.request.execute({ ...certificateOperation(kind, certificate, locks), ...more }, actor);
  }
}
