import { ArgsType, Field, Int } from '@nestjs/graphql';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE, type PageInput } from './page.js';

/** Relay's four arguments. Extend it where a list has filters. */
@ArgsType()
export class PageArgs implements PageInput {
  @Field(() => Int, {
    nullable: true,
    description: `How many, from the front: 1 to ${MAX_PAGE_SIZE}, ${DEFAULT_PAGE_SIZE} when neither first nor last is given.`,
  })
  readonly first?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes after this cursor.' })
  readonly after?: string | null;

  @Field(() => Int, { nullable: true, description: `How many, from the back: 1 to ${MAX_PAGE_SIZE}.` })
  readonly last?: number | null;

  @Field(() => String, { nullable: true, description: 'Only what comes before this cursor.' })
  readonly before?: string | null;
}
