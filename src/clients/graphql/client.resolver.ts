import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Allow, CurrentActor, PageArgs, readPage, toConnection } from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { CreateClient } from '../application/create-client.js';
import { FindClients } from '../application/find-clients.js';
import { CreateClientInput, CreateClientPayload } from './client.inputs.js';
import { ClientConnection, ClientType } from './client.type.js';

@Resolver(() => ClientType)
export class ClientResolver {
  constructor(
    private readonly createClientUseCase: CreateClient,
    private readonly find: FindClients,
  ) {}

  @Allow('client:read')
  @Query(() => ClientType, { nullable: true })
  client(@Args('id', { type: () => ID }) id: string, @CurrentActor() actor: Actor): Promise<ClientType | null> {
    return this.find.one(id, actor);
  }

  @Allow('client:read')
  @Query(() => ClientConnection)
  async clients(@Args() args: PageArgs, @CurrentActor() actor: Actor): Promise<ClientConnection> {
    const page = readPage(args);
    return toConnection(await this.find.page(page, actor), page, () => this.find.count(actor));
  }

  @Allow('client:create')
  @Mutation(() => CreateClientPayload)
  async createClient(
    @Args('input') input: CreateClientInput,
    @CurrentActor() actor: Actor,
  ): Promise<CreateClientPayload> {
    return { client: await this.createClientUseCase.execute(input, actor) };
  }
}
