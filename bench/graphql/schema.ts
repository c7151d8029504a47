import { Field, ID, Int, ObjectType, Query, Resolver } from '@nestjs/graphql';
import { Allow } from '../../src/graphql/index.js';
import { newId } from '../../src/shared/ids.js';

@ObjectType('Site')
class SiteType {
  @Field(() => ID)
  readonly id: string;
  @Field(() => String)
  readonly name: string;
  @Field(() => String)
  readonly platform: string;
  @Field(() => String)
  readonly server: string;
  @Field(() => String)
  readonly state: string;
  @Field(() => String)
  readonly https: string;
  @Field(() => [String])
  readonly aliases: readonly string[];
  @Field(() => Int)
  readonly port: number;
  @Field(() => Boolean)
  readonly enabled: boolean;
}

const SITES: readonly SiteType[] = Array.from({ length: 20 }, (_, index) => ({
  id: newId(),
  name: `site${index}.example.org`,
  platform: 'drupal-11.3.0-production',
  server: 'web01.hosting.example.org',
  state: 'ENABLED',
  https: 'REQUIRED',
  aliases: [`www.site${index}.example.org`, `site${index}.example.net`],
  port: 443,
  enabled: true,
}));

/** Twenty prepared objects of nine fields: nothing but the GraphQL server is measured. */
@Resolver(() => SiteType)
export class BenchResolver {
  @Allow('site:read')
  @Query(() => [SiteType])
  sites(): readonly SiteType[] {
    return SITES;
  }
}

export const QUERY = '{ sites { id name platform server state https aliases port enabled } }';
