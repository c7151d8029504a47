import { ArgsType, Field, ID } from '@nestjs/graphql';
import { PageArgs } from '../../graphql/index.js';
import type { OperationState } from '../domain/operation-state.js';
import { OperationStateEnum } from './operation.type.js';

@ArgsType()
export class OperationListArgs extends PageArgs {
  @Field(() => ID, { nullable: true })
  readonly subjectId?: string | null;

  @Field(() => OperationStateEnum, { nullable: true })
  readonly state?: OperationState | null;

  @Field(() => ID, { nullable: true })
  readonly clientId?: string | null;
}
