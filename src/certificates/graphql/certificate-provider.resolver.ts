import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Allow, CurrentActor, PageArgs, readPage, toConnection } from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { AccountOperations, type AccountOperationRequested } from '../application/account-operations.js';
import { FindCertificateProviders } from '../application/find-certificate-providers.js';
import { WriteCertificateProvider } from '../application/write-certificate-provider.js';
import {
  CertificateProviderInput,
  CertificateProviderPayload,
  CreateCertificateProviderInput,
  RolloverAccountKeyInput,
  RolloverAccountKeyPayload,
  TestCertificateProviderInput,
  TestCertificateProviderPayload,
  UpdateCertificateProviderInput,
} from './certificate-provider.inputs.js';
import { CertificateProviderConnection, CertificateProviderType, providerType } from './certificate-provider.type.js';
import { givenSettings } from './given-settings.js';

@Resolver(() => CertificateProviderType)
export class CertificateProviderResolver {
  constructor(
    private readonly find: FindCertificateProviders,
    private readonly write: WriteCertificateProvider,
    private readonly accounts: AccountOperations,
  ) {}

  @Allow('certificate-provider:read')
  @Query(() => CertificateProviderType, { nullable: true })
  async certificateProvider(
    @Args('id', { type: () => ID }) id: string,
    @CurrentActor() actor: Actor,
  ): Promise<CertificateProviderType | null> {
    const provider = await this.find.one(id, actor);
    return provider && providerType(provider);
  }

  @Allow('certificate-provider:read')
  @Query(() => CertificateProviderConnection)
  async certificateProviders(
    @Args() args: PageArgs,
    @CurrentActor() actor: Actor,
  ): Promise<CertificateProviderConnection> {
    const page = readPage(args);
    const providers = (await this.find.page(page, actor)).map(providerType);
    return toConnection(providers, page, () => this.find.count(actor));
  }

  @Allow('certificate-provider:write')
  @Mutation(() => CertificateProviderPayload)
  async createCertificateProvider(
    @Args('input') { name, clientId = null, backupId = null, acme }: CreateCertificateProviderInput,
  ): Promise<CertificateProviderPayload> {
    const provider = await this.write.create({ name, clientId, backupId, acme: givenSettings(acme) });
    return { provider: providerType(provider) };
  }

  @Allow('certificate-provider:write')
  @Mutation(() => CertificateProviderPayload, {
    description: 'Certificates that are there stay as they are until they are renewed.',
  })
  async updateCertificateProvider(
    @Args('input') { providerId, name, backupId, acme }: UpdateCertificateProviderInput,
  ): Promise<CertificateProviderPayload> {
    const change = {
      ...(name && { name }),
      ...(backupId !== undefined && { backupId }),
      ...(acme && { acme: givenSettings(acme) }),
    };
    return { provider: providerType(await this.write.update(providerId, change)) };
  }

  @Allow('certificate-provider:write')
  @Mutation(() => CertificateProviderPayload, { description: 'Only one that no certificate and no policy names.' })
  async deleteCertificateProvider(
    @Args('input') { providerId }: CertificateProviderInput,
  ): Promise<CertificateProviderPayload> {
    return { provider: providerType(await this.write.remove(providerId)) };
  }

  @Allow('certificate-provider:write')
  @Mutation(() => TestCertificateProviderPayload, {
    description:
      'A server introduces itself to the CA: address, trust, terms and external account are tried, nothing is ordered.',
  })
  async testCertificateProvider(
    @Args('input') { providerId, serverId }: TestCertificateProviderInput,
    @CurrentActor() actor: Actor,
  ): Promise<TestCertificateProviderPayload> {
    return payload(await this.accounts.test(providerId, serverId, actor));
  }

  @Allow('certificate-provider:write')
  @Mutation(() => RolloverAccountKeyPayload, {
    description:
      'The account that a server has at the CA gets a fresh key (RFC 8555 §7.3.5). Orders under way go on; the old key is of no use any more: where the web server answered challenges for it, a verification of the server follows.',
  })
  async rolloverAccountKey(
    @Args('input') { providerId, serverId }: RolloverAccountKeyInput,
    @CurrentActor() actor: Actor,
  ): Promise<RolloverAccountKeyPayload> {
    return payload(await this.accounts.rollOver(providerId, serverId, actor));
  }
}

function payload({ provider, operation }: AccountOperationRequested): TestCertificateProviderPayload {
  return { provider: providerType(provider), operation };
}
