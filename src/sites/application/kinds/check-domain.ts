import { Injectable } from '@nestjs/common';
import {
  CaBudget,
  CertificateProviderStore,
  DOMAIN_CHECK_TASK,
  domainCheckTasks,
  type BudgetLeft,
  type CertificateProvider,
} from '../../../certificates/index.js';
import type { Operation, OperationKind, OperationPlan } from '../../../operations/index.js';
import type { Server } from '../../../servers/index.js';
import { SiteStateLoader } from '../site-state-loader.js';

interface State {
  readonly server: Server;
  readonly provider: CertificateProvider | null;
  readonly budget: readonly BudgetLeft[];
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
    private readonly budget: CaBudget,
  ) {}

  async load(operation: Operation): Promise<State> {
    const { server } = await this.loader.place(operation);
    const { providerId, names } = operation.input;
    const provider = typeof providerId === 'string' ? await this.providers.find(providerId) : null;
    const budget = provider && (await this.budget.left(names as readonly string[], provider, server.id));
    return { server, provider, budget: budget ?? [] };
  }

  plan({ server, provider, budget }: State, { input }: Operation): OperationPlan {
    return { writes: [], tasks: domainCheckTasks(input['names'] as readonly string[], provider, server, budget) };
  }
}
