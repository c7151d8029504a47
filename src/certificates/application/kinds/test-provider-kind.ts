import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import { ServerStore, type Server } from '../../../servers/index.js';
import { DomainError } from '../../../shared/domain-error.js';
import type { PlainObject } from '../../../shared/plain.js';
import { acmeAccountAt, acmeDirectory } from '../../domain/acme-task.js';
import type { CertificateProvider } from '../../domain/provider/certificate-provider.js';
import { CertificateProviderStore } from '../certificate-provider-store.js';

interface State {
  readonly provider: CertificateProvider;
  readonly server: Server;
}

/** `server.test-provider`: the server registers its account at the CA, or finds it there. */
@Injectable()
export class TestProviderKind implements OperationKind<State> {
  readonly name = 'server.test-provider';
  readonly tasks = ['server.acme-account'];
  readonly timeoutMs = 120_000;

  constructor(
    private readonly providers: CertificateProviderStore,
    private readonly servers: ServerStore,
  ) {}

  async load({ subjectId, input }: Operation): Promise<State> {
    const provider = await this.providers.find(input['providerId'] as string);
    const server = await this.servers.find(subjectId);
    if (!provider || !server) {
      throw new DomainError('CERTIFICATE_PROVIDER_NOT_FOUND', 'The provider or the server is not there any more.');
    }
    return { provider, server };
  }

  plan({ provider, server }: State): OperationPlan {
    const account = acmeAccountAt(provider, server) as unknown as PlainObject;
    return {
      writes: [],
      tasks: [
        {
          name: 'server.acme-account',
          input: { ...account, acmeDirectory: acmeDirectory(server), action: { kind: 'REGISTER' } },
        },
      ],
    };
  }
}
