import { Injectable } from '@nestjs/common';
import { RequestOperation, shared, type Operation } from '../../operations/index.js';
import { ServerStore } from '../../servers/index.js';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';
import { CertificateProviderStore } from './certificate-provider-store.js';

export interface ProviderTested {
  readonly provider: CertificateProvider;
  readonly operation: Operation;
}

/** Has a server introduce itself to the CA: address, trust, terms and external account are tried, and nothing is ordered. */
@Injectable()
export class TestCertificateProvider {
  constructor(
    private readonly providers: CertificateProviderStore,
    private readonly servers: ServerStore,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError ID_INVALID, CERTIFICATE_PROVIDER_NOT_FOUND, SERVER_NOT_FOUND */
  async execute(providerId: string, serverId: string, actor: Actor): Promise<ProviderTested> {
    return this.unitOfWork.run(async () => {
      const provider = await this.providers.find(parseId(providerId));
      if (!provider) {
        throw new DomainError('CERTIFICATE_PROVIDER_NOT_FOUND', `There is no certificate provider ${providerId}.`);
      }
      const server = await this.servers.find(parseId(serverId));
      if (!server) {
        throw new DomainError('SERVER_NOT_FOUND', `There is no server ${serverId}.`);
      }
      const operation = await this.request.execute(
        {
          kind: 'server.test-provider',
          subject: { type: 'server', id: server.id, label: server.name },
          clientId: null,
          serverId: server.id,
          locks: [shared('server', server.id)],
          input: { providerId: provider.id },
        },
        actor,
      );
      return { provider, operation };
    });
  }
}
