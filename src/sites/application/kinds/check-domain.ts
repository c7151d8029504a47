import { Injectable } from '@nestjs/common';
import {
  CertificateProviderStore,
  DOMAIN_CHECK_TASK,
  domainCheckTasks,
  type CertificateProvider,
} from '../../../certificates/index.js';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import type { Server } from '../../../servers/index.js';
import { SiteStateLoader } from '../site-state-loader.js';

interface State {
  readonly server: Server;
  readonly provider: CertificateProvider | null;
}

/** `site.check-domain`: what a CA would find of the names of a site; what speaks against one is a warning. */
@Injectable()
export class CheckDomainKind implements OperationKind<State> {
  readonly name = 'site.check-domain';
  readonly tasks = [DOMAIN_CHECK_TASK];
  readonly timeoutMs = 300_000;

  constructor(
    private readonly loader: SiteStateLoader,
    private readonly providers: CertificateProviderStore,
  ) {}

  async load(operation: Operation): Promise<State> {
    const { server } = await this.loader.place(operation);
    const { providerId } = operation.input;
    return { server, provider: typeof providerId === 'string' ? await this.providers.find(providerId) : null };
  }

  plan({ server, provider }: State, { input }: Operation): OperationPlan {
    return { writes: [], tasks: domainCheckTasks(input['names'] as readonly string[], provider, server) };
  }
}
