import { Field, ObjectType } from '@nestjs/graphql';
import type { PageInfo } from './connection.js';

@ObjectType('PageInfo', { description: 'Where a page lies in its list (Relay Cursor Connections).' })
export class PageInfoType implements PageInfo {
  @Field(() => Boolean)
  readonly hasNextPage: boolean;

  @Field(() => Boolean)
  readonly hasPreviousPage: boolean;

  @Field(() => String, { nullable: true })
  readonly startCursor: string | null;

  @Field(() => String, { nullable: true })
  readonly endCursor: string | null;
}
