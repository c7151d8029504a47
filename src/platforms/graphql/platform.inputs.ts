import { ArgsType, Field, ID, InputType, ObjectType } from '@nestjs/graphql';
import { PageArgs } from '../../graphql/index.js';
import { OperationType } from '../../operations/index.js';
import type { Application, PlatformSource, PlatformStatus } from '../domain/platform.js';
import { ApplicationEnum, PlatformSourceTypeEnum, PlatformStatusEnum, PlatformType } from './platform.type.js';

@InputType()
export class PlatformSourceInput {
  @Field(() => PlatformSourceTypeEnum)
  readonly type: PlatformSource['type'];

  @Field(() => String, { description: 'Absolute path on the server, below one of its platformRoots.' })
  readonly path: string;
}

@InputType()
export class CreatePlatformInput {
  @Field(() => String, { description: 'Machine name: 1 to 63 lower-case letters, digits and hyphens.' })
  readonly name: string;

  @Field(() => ID)
  readonly serverId: string;

  @Field(() => ID, { nullable: true, description: 'Only this client may put sites on it; left out: every client.' })
  readonly clientId?: string | null;

  @Field(() => ApplicationEnum)
  readonly application: Application;

  @Field(() => PlatformSourceInput)
  readonly source: PlatformSourceInput;
}

@ObjectType()
export class PlatformPayload {
  @Field(() => PlatformType)
  readonly platform: PlatformType;

  @Field(() => OperationType)
  readonly operation: OperationType;
}

@ArgsType()
export class PlatformListArgs extends PageArgs {
  @Field(() => ID, { nullable: true })
  readonly serverId?: string | null;

  @Field(() => PlatformStatusEnum, { nullable: true })
  readonly status?: PlatformStatus | null;
}
