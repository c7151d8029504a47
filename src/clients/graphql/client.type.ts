import { Field, ID, ObjectType } from '@nestjs/graphql';
import { NodeInterface, Paginated } from '../../graphql/index.js';
import type { Client } from '../domain/client.js';

@ObjectType('Client', {
  implements: () => [NodeInterface],
  description: 'A tenant: a reseller or its customer. Owns sites and certificates.',
})
export class ClientType implements Client {
  @Field(() => ID)
  readonly id: string;

  @Field(() => String, { description: 'Machine name, unique (Ægir: uname).' })
  readonly name: string;

  @Field(() => String, { description: 'The name as people write it.' })
  readonly label: string;

  @Field(() => Date)
  readonly createdAt: Date;
}

@ObjectType()
export class ClientConnection extends Paginated(ClientType) {}
