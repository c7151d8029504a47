import { Args, ID, Query, Resolver } from '@nestjs/graphql';
import type { Actor } from '../../shared/actor.js';
import { parseId } from '../../shared/ids.js';
import { Allow } from '../permissions/allow.js';
import { CurrentActor } from '../permissions/current-actor.js';
import { NodeRegistry } from './node-registry.js';
import { NodeInterface } from './node.type.js';

@Resolver()
export class NodeResolver {
  constructor(private readonly nodes: NodeRegistry) {}

  @Allow('node:read')
  @Query(() => NodeInterface, {
    nullable: true,
    description: 'Any object by its id; null when there is none or the token may not see it.',
  })
  node(@Args('id', { type: () => ID }) id: string, @CurrentActor() actor: Actor): Promise<object | null> {
    return this.nodes.find(parseId(id), actor);
  }
}
