import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import {
  Allow,
  CurrentActor,
  readPage,
  requestLoader,
  toConnection,
  type GraphqlContext,
  withoutNulls,
} from '../../graphql/index.js';
import { ServerStore, ServerType } from '../../servers/index.js';
import type { Actor } from '../../shared/actor.js';
import { byId } from '../../shared/by-id.js';
import { CreatePlatform } from '../application/create-platform.js';
import { FindPlatforms } from '../application/find-platforms.js';
import type { Platform } from '../domain/platform.js';
import { CreatePlatformInput, PlatformListArgs, PlatformPayload } from './platform.inputs.js';
import { PlatformConnection, PlatformType } from './platform.type.js';

@Resolver(() => PlatformType)
export class PlatformResolver {
  constructor(
    private readonly find: FindPlatforms,
    private readonly create: CreatePlatform,
    private readonly servers: ServerStore,
  ) {}

  @Allow('platform:read')
  @Query(() => PlatformType, { nullable: true })
  platform(@Args('id', { type: () => ID }) id: string, @CurrentActor() actor: Actor): Promise<PlatformType | null> {
    return this.find.one(id, actor);
  }

  @Allow('platform:read')
  @Query(() => PlatformConnection)
  async platforms(
    @Args() { serverId, status, ...range }: PlatformListArgs,
    @CurrentActor() actor: Actor,
  ): Promise<PlatformConnection> {
    const page = readPage(range);
    const filter = withoutNulls({ serverId, status });
    return toConnection(await this.find.page(filter, page, actor), page, () => this.find.count(filter, actor));
  }

  @Allow('platform:create')
  @Mutation(() => PlatformPayload, { description: 'Takes a code base under management.' })
  createPlatform(@Args('input') input: CreatePlatformInput, @CurrentActor() actor: Actor): Promise<PlatformPayload> {
    const { name, serverId, clientId, application, source } = input;
    return this.create.execute({ name, serverId, clientId, application, path: source.path }, actor);
  }

  @ResolveField(() => ServerType, { nullable: true, description: 'Null for a token that may not read servers.' })
  async server(
    @Parent() platform: Platform,
    @Context() context: GraphqlContext,
    @CurrentActor() actor: Actor,
  ): Promise<ServerType | null> {
    if (actor.role !== 'OPERATOR') {
      return null;
    }
    const loader = requestLoader(context, 'server.byId', async (ids: readonly string[]) =>
      byId(await this.servers.findMany(ids)),
    );
    return loader.load(platform.serverId);
  }
}
