import { Field, ID, InterfaceType } from '@nestjs/graphql';

@InterfaceType('Node', {
  description: 'Whatever has an id of its own (Relay Object Identification).',
  resolveType: ({ __typename: typeName }: { readonly __typename?: string }) => typeName,
})
export abstract class NodeInterface {
  @Field(() => ID, { description: 'A UUID, version 7; a Drupal site can store it as its own uuid.' })
  readonly id: string;
}
