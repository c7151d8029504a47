import type { Type } from '@nestjs/common';
import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { Connection, Edge } from './connection.js';
import { PageInfoType } from './page-info.type.js';

/**
 * The base of a connection type and its edge type:
 * `@ObjectType() export class SiteConnection extends Paginated(SiteType) {}` declares SiteConnection and SiteEdge.
 * `name` is the GraphQL name of the node, by default its class name without "Type".
 */
export function Paginated<T>(node: Type<T>, name: string = node.name.replace(/Type$/, '')): Type<Connection<T>> {
  @ObjectType(`${name}Edge`)
  class EdgeType implements Edge<T> {
    @Field(() => String, { description: 'For after and before.' })
    readonly cursor: string;

    @Field(() => node)
    readonly node: T;
  }

  @ObjectType({ isAbstract: true })
  class ConnectionType implements Connection<T> {
    @Field(() => [EdgeType])
    readonly edges: readonly Edge<T>[];

    @Field(() => [node], { description: 'The nodes of edges, for callers who need no cursors.' })
    readonly nodes: readonly T[];

    @Field(() => PageInfoType)
    readonly pageInfo: PageInfoType;

    @Field(() => Int, { description: 'How many there are in all; counted only when asked for.' })
    readonly totalCount: number | Promise<number>;
  }

  return ConnectionType;
}
