import type { DynamicModule, ModuleMetadata } from '@nestjs/common';
import { APP_FILTER, APP_GUARD } from '@nestjs/core';
import { GraphQLModule } from '@nestjs/graphql';
import { Authenticator } from '../shared/authenticator.js';
import type { HlerDriverOptions } from './driver-options.js';
import { contextFactory } from './graphql-context.js';
import { GraphqlErrorFilter } from './graphql-error.filter.js';
import { HlerGraphqlDriver } from './hler-graphql.driver.js';
import { DEFAULT_LIMITS, type GraphqlLimits } from './limits/limits.js';
import { NodeRegistry } from './node/node-registry.js';
import { NodeResolver } from './node/node.resolver.js';
import { PermissionGuard } from './permissions/permission.guard.js';
import { PermissionAudit } from './permissions/undeclared-resolvers.js';
import { DateTimeScalar } from './scalars/date-time.js';

export interface GraphqlModuleOptions {
  /** The modules that provide `Authenticator`. */
  readonly imports?: ModuleMetadata['imports'];
  readonly path?: string;
  readonly limits?: Partial<GraphqlLimits>;
  /** Serve GraphiQL to browsers at the endpoint; needs the optional package named in graphiql-page.ts. */
  readonly graphiql?: boolean;
  /** Let callers without a token read the schema. */
  readonly openIntrospection?: boolean;
  readonly keepAliveMs?: number;
}

class GraphqlApiModule {}

/**
 * The GraphQL API of the application: endpoint, schema in memory, default-deny permissions (checked at start), error
 * translation, `node(id)`. `NodeRegistry` is there for every module. The schema is at `GraphQLSchemaHost`.
 */
export function graphqlModule(options: GraphqlModuleOptions = {}): DynamicModule {
  const imports = options.imports ?? [];
  const graphql = GraphQLModule.forRootAsync<HlerDriverOptions>({
    driver: HlerGraphqlDriver,
    imports,
    inject: [Authenticator],
    useFactory: (authenticator: Authenticator) => driverOptions(options, authenticator),
  });
  return {
    module: GraphqlApiModule,
    global: true,
    imports: [graphql],
    providers: [
      NodeRegistry,
      NodeResolver,
      PermissionAudit,
      { provide: APP_GUARD, useClass: PermissionGuard },
      { provide: APP_FILTER, useClass: GraphqlErrorFilter },
    ],
    exports: [NodeRegistry, GraphQLModule],
  };
}

function driverOptions(options: GraphqlModuleOptions, authenticator: Authenticator): HlerDriverOptions {
  return {
    path: options.path ?? '/graphql',
    autoSchemaFile: true,
    sortSchema: true,
    buildSchemaOptions: { scalarsMap: [{ type: Date, scalar: DateTimeScalar }] },
    createContext: contextFactory(authenticator),
    limits: { ...DEFAULT_LIMITS, ...options.limits },
    openIntrospection: options.openIntrospection ?? false,
    graphiql: options.graphiql ?? false,
    keepAliveMs: options.keepAliveMs ?? 12_000,
  };
}
