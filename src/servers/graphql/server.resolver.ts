import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { Allow, CurrentActor, readPage, toConnection, withoutNulls } from '../../graphql/index.js';
import type { Actor } from '../../shared/actor.js';
import { FindServers } from '../application/find-servers.js';
import { RegisterServer } from '../application/register-server.js';
import { VerifyServer } from '../application/verify-server.js';
import { RegisterServerInput, ServerListArgs, ServerPayload, VerifyServerInput } from './server.inputs.js';
import { ServerConnection, ServerType } from './server.type.js';

@Resolver(() => ServerType)
export class ServerResolver {
  constructor(
    private readonly find: FindServers,
    private readonly register: RegisterServer,
    private readonly verify: VerifyServer,
  ) {}

  @Allow('server:read')
  @Query(() => ServerType, { nullable: true })
  server(@Args('id', { type: () => ID }) id: string): Promise<ServerType | null> {
    return this.find.one(id);
  }

  @Allow('server:read')
  @Query(() => ServerConnection)
  async servers(@Args() { status, ...range }: ServerListArgs): Promise<ServerConnection> {
    const page = readPage(range);
    const filter = withoutNulls({ status });
    return toConnection(await this.find.page(filter, page), page, () => this.find.count(filter));
  }

  @Allow('server:register')
  @Mutation(() => ServerPayload, { description: 'Takes a server under management by the introduction of its runner.' })
  registerServer(@Args('input') input: RegisterServerInput, @CurrentActor() actor: Actor): Promise<ServerPayload> {
    return this.register.execute(input, actor);
  }

  @Allow('server:verify')
  @Mutation(() => ServerPayload, {
    description:
      'Looks at a server again and brings it and every site on it into force: one reload, or none. As a dry run it reports what differs (operation.drift).',
  })
  verifyServer(@Args('input') input: VerifyServerInput, @CurrentActor() actor: Actor): Promise<ServerPayload> {
    return this.verify.execute(input.serverId, input.dryRun, actor);
  }
}
