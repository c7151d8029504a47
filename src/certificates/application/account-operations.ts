import { Injectable } from '@nestjs/common';
import {
  exclusive,
  RequestOperation,
  shared,
  type Lock,
  type Operation,
  type PlannedTask,
} from '../../operations/index.js';
import { ServerStore, verifyServerRequest, type Server } from '../../servers/index.js';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import type { PlainObject } from '../../shared/plain.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { acmeAccountAt, acmeDirectory } from '../domain/provider-kinds/acme/acme-task.js';
import type { CertificateProvider } from '../domain/provider/certificate-provider.js';
import { CertificateProviderStore } from './certificate-provider-store.js';

export interface AccountOperationRequested {
  readonly provider: CertificateProvider;
  readonly server: Server;
  readonly operation: Operation;
}

export interface ProviderAtServer {
  readonly provider: CertificateProvider;
  readonly server: Server;
}

export const ACCOUNT_TASK = 'server.acme-account';

/** Operations on the account that a server has, or will have, at the CA of a provider. */
@Injectable()
export class AccountOperations {
  constructor(
    private readonly providers: CertificateProviderStore,
    private readonly servers: ServerStore,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * The server introduces itself to the CA: address, trust, terms and external account are tried, and nothing is ordered.
   * @throws DomainError ID_INVALID, CERTIFICATE_PROVIDER_NOT_FOUND, SERVER_NOT_FOUND
   */
  test(providerId: string, serverId: string, actor: Actor): Promise<AccountOperationRequested> {
    return this.#request('server.test-provider', shared, providerId, serverId, actor);
  }

  /**
   * The account gets a fresh key (RFC 8555 §7.3.5), alone on the server: of two that roll it over at once, the second would undo the first.
   * Where it is the key that the web server answers challenges for by itself, the server is verified next, before anything else is
   * ordered, so that it answers for the new one.
   * @throws DomainError ID_INVALID, CERTIFICATE_PROVIDER_NOT_FOUND, SERVER_NOT_FOUND
   */
  rollOver(providerId: string, serverId: string, actor: Actor): Promise<AccountOperationRequested> {
    return this.unitOfWork.run(async () => {
      const requested = await this.#request('server.rollover-account-key', exclusive, providerId, serverId, actor);
      if (requested.provider.clientId === null) {
        await this.request.execute(verifyServerRequest(requested.server), actor);
      }
      return requested;
    });
  }

  /** @throws DomainError CERTIFICATE_PROVIDER_NOT_FOUND */
  async load({ subjectId, input }: Operation): Promise<ProviderAtServer> {
    const provider = await this.providers.find(input['providerId'] as string);
    const server = await this.servers.find(subjectId);
    if (!provider || !server) {
      throw new DomainError('CERTIFICATE_PROVIDER_NOT_FOUND', 'The provider or the server is not there any more.');
    }
    return { provider, server };
  }

  #request(
    kind: string,
    lock: (type: 'server', id: string) => Lock,
    providerId: string,
    serverId: string,
    actor: Actor,
  ): Promise<AccountOperationRequested> {
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
          kind,
          subject: { type: 'server', id: server.id, label: server.name },
          clientId: null,
          serverId: server.id,
          locks: [lock('server', server.id)],
          input: { providerId: provider.id },
        },
        actor,
      );
      return { provider, server, operation };
    });
  }
}

/** One thing done to the account. Pure. */
export function accountTask({ provider, server }: ProviderAtServer, action: PlainObject): PlannedTask {
  const account = acmeAccountAt(provider, server) as unknown as PlainObject;
  return {
    name: ACCOUNT_TASK,
    input: { ...account, serverId: server.id, acmeDirectory: acmeDirectory(server), action },
  };
}
