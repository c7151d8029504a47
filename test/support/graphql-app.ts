import { once } from 'node:events';
import { Injectable, Module, type Type } from '@nestjs/common';
import {
  Args,
  Context,
  Field,
  ID,
  InputType,
  Int,
  Mutation,
  ObjectType,
  Parent,
  Query,
  ResolveField,
  Resolver,
  Subscription,
} from '@nestjs/graphql';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import {
  Allow,
  CurrentActor,
  graphqlModule,
  JsonScalar,
  NodeInterface,
  NodeRegistry,
  PageArgs,
  Paginated,
  readPage,
  requestLoader,
  SafeIntScalar,
  selectPage,
  toConnection,
  type Connection,
  type GraphqlContext,
  type GraphqlModuleOptions,
} from '../../src/graphql/index.js';
import type { Actor } from '../../src/shared/actor.js';
import { Authenticator } from '../../src/shared/authenticator.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { newId } from '../../src/shared/ids.js';

export const OPERATOR = 'Bearer operator';
export const CLIENT = 'Bearer client';

/** Knows two tokens, which a test can revoke, and can be told to fail as a database would. */
@Injectable()
export class FakeAuthenticator extends Authenticator {
  readonly actors = new Map<string, Actor>([
    [OPERATOR, { tokenId: 't-operator', role: 'OPERATOR', clientId: null, label: 'ops' }],
    [CLIENT, { tokenId: 't-client', role: 'CLIENT', clientId: 'c-1', label: 'drupal' }],
  ]);
  failure: DomainError | undefined;

  override async authenticate(authorization: string | undefined): Promise<Actor | null> {
    if (this.failure) {
      throw this.failure;
    }
    return this.actors.get(authorization ?? '') ?? null;
  }

  override async isStillValid({ tokenId }: Actor): Promise<boolean> {
    return [...this.actors.values()].some((actor) => actor.tokenId === tokenId);
  }
}

interface Site {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly diskFreeBytes: number;
}

/** What the resolvers below read, and what they leave behind for a test to look at. */
@Injectable()
export class SiteStore {
  readonly sites: readonly Site[] = Array.from({ length: 20 }, (_, index) => ({
    id: newId(),
    name: `site${index + 1}`,
    createdAt: new Date('2026-01-31T09:30:00Z'),
    diskFreeBytes: 5_000_000_000,
  }));
  readonly batches: string[][] = [];
  counted = 0;
  running = 0;
  ended = 0;
}

@ObjectType('Site', { implements: () => [NodeInterface] })
class SiteType implements NodeInterface {
  @Field(() => ID)
  readonly id: string;
  @Field(() => String)
  readonly name: string;
  @Field()
  readonly createdAt: Date;
  @Field(() => SafeIntScalar)
  readonly diskFreeBytes: number;
}

@ObjectType()
class SiteConnection extends Paginated(SiteType) {}

@InputType()
class CreateSiteInput {
  @Field(() => String)
  readonly name: string;
  @Field(() => [Int], { defaultValue: [80] })
  readonly ports: number[];
  @Field(() => Date, { nullable: true })
  readonly at?: Date;
}

@ObjectType()
class CreateSitePayload {
  @Field(() => String)
  readonly name: string;
  @Field(() => [Int])
  readonly ports: number[];
  @Field(() => JsonScalar)
  readonly details: { at: string };
}

@Resolver(() => SiteType)
class SiteResolver {
  constructor(
    private readonly store: SiteStore,
    nodes: NodeRegistry,
  ) {
    nodes.add({
      typeName: 'Site',
      load: async (id, actor) => (actor.role === 'OPERATOR' && store.sites.find((site) => site.id === id)) || null,
    });
  }

  @Allow('site:read')
  @Query(() => SiteConnection)
  sites(@Args() args: PageArgs): Connection<SiteType> {
    const page = readPage(args);
    return toConnection(selectPage(this.store.sites, page), page, () => (this.store.counted += 1));
  }

  @ResolveField(() => String)
  upperName(@Parent() site: Site, @Context() context: GraphqlContext): Promise<string | null> {
    return requestLoader<string, string>(context, 'site.upperName', async (names) => {
      this.store.batches.push([...names]);
      return new Map(names.map((name) => [name, name.toUpperCase()]));
    }).load(site.name);
  }

  @Allow('server:read')
  @Query(() => String)
  servers(): string {
    return 'for operators';
  }

  @Allow('site:read')
  @Query(() => String)
  whoami(@CurrentActor() actor: Actor): string {
    return actor.label;
  }

  @Allow('site:read')
  @Query(() => String, { nullable: true })
  fail(@Args('how') how: string): string {
    throw how === 'known'
      ? new DomainError('SITE_NOT_FOUND', 'There is no such site.', { details: { siteId: '1' } })
      : new Error('the password is hunter2');
  }

  @Allow('site:create')
  @Mutation(() => CreateSitePayload)
  createSite(@Args('input') { name, ports, at }: CreateSiteInput): CreateSitePayload {
    return { name, ports, details: { at: at?.toISOString() ?? '' } };
  }

  @Allow('operation:read')
  @Subscription(() => Int)
  async *count(@Args('to', { type: () => Int }) to: number, @Context() { signal }: GraphqlContext) {
    this.store.running += 1;
    try {
      for (let n = 1; n <= to; n += 1) {
        yield { count: n };
      }
      // Quiet from now on, as most subscriptions are most of the time.
      await (signal.aborted ? undefined : once(signal, 'abort'));
    } finally {
      this.store.running -= 1;
      this.store.ended += 1;
    }
  }

  @Allow('operation:read')
  @Subscription(() => Int)
  async *breaks() {
    yield { breaks: 1 };
    throw new Error('the password is hunter2');
  }
}

@Module({
  providers: [FakeAuthenticator, { provide: Authenticator, useExisting: FakeAuthenticator }],
  exports: [Authenticator],
})
class AuthenticationModule {}

export interface GraphqlTestApp {
  readonly app: NestFastifyApplication;
  readonly url: string;
  readonly store: SiteStore;
  readonly authenticator: FakeAuthenticator;
}

/** A whole API with a schema of its own, listening on a port of its own. */
export async function startGraphqlApp(
  options: GraphqlModuleOptions = {},
  resolvers: Type<unknown>[] = [],
): Promise<GraphqlTestApp> {
  const moduleRef = await Test.createTestingModule({
    imports: [AuthenticationModule, graphqlModule({ imports: [AuthenticationModule], ...options })],
    providers: [SiteStore, SiteResolver, ...resolvers],
  }).compile();
  const app = moduleRef.createNestApplication<NestFastifyApplication>(
    new FastifyAdapter({ forceCloseConnections: true }),
    { logger: false },
  );
  await app.listen(0, '127.0.0.1');
  return {
    app,
    url: `${await app.getUrl()}/graphql`,
    store: app.get(SiteStore),
    authenticator: app.get(FakeAuthenticator),
  };
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: {
    readonly data?: unknown;
    readonly errors?: readonly { readonly extensions?: Record<string, unknown> }[];
  };
}

/** One operation by POST, as the operator unless said otherwise. */
export async function post(
  { url }: Pick<GraphqlTestApp, 'url'>,
  body: Readonly<Record<string, unknown>> | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: OPERATOR, ...headers },
    body: typeof body === 'string' ? JSON.stringify({ query: body }) : JSON.stringify(body),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : {} };
}

export const RESPONSE_JSON = { accept: 'application/graphql-response+json' };
