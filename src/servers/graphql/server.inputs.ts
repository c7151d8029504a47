import { ArgsType, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { JsonScalar, PageArgs } from '../../graphql/index.js';
import { OperationType } from '../../operations/index.js';
import type { PlainValue } from '../../shared/plain.js';
import type { ServerStatus } from '../domain/server.js';
import { ServerStatusEnum, ServerType } from './server.type.js';

@InputType()
export class RegisterServerInput {
  @Field(() => String, { description: 'Machine name: 1 to 63 lower-case letters, digits and hyphens.' })
  readonly name: string;

  @Field(() => JsonScalar, {
    nullable: true,
    description: 'What `hler runner enrolment` prints on that server. Left out: the runner of `hler up` itself.',
  })
  readonly enrolment?: PlainValue;
}

@InputType()
export class VerifyServerInput {
  @Field(() => ID)
  readonly serverId: string;

  @Field(() => Boolean, { defaultValue: false, description: 'Changes nothing; what differs is in operation.drift.' })
  readonly dryRun: boolean;
}

@ObjectType()
export class ServerPayload {
  @Field(() => ServerType)
  readonly server: ServerType;

  @Field(() => OperationType)
  readonly operation: OperationType;
}

@ArgsType()
export class ServerListArgs extends PageArgs {
  @Field(() => ServerStatusEnum, { nullable: true })
  readonly status?: ServerStatus | null;
}
