import { Field, InputType, ObjectType } from '@nestjs/graphql';
import { ClientType } from './client.type.js';

@InputType()
export class CreateClientInput {
  @Field(() => String, { description: 'Machine name: 1 to 63 lower-case letters, digits and hyphens.' })
  readonly name: string;

  @Field(() => String, { nullable: true, description: 'The name as people write it; by default the machine name.' })
  readonly label?: string | null;
}

@ObjectType()
export class CreateClientPayload {
  @Field(() => ClientType)
  readonly client: ClientType;
}
