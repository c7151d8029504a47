import type { GqlModuleOptions } from '@nestjs/graphql';
import type { ContextFactory } from './graphql-context.js';
import type { GraphqlLimits } from './limits/limits.js';

export interface HlerDriverOptions extends GqlModuleOptions {
  readonly createContext: ContextFactory;
  readonly limits: GraphqlLimits;
  /** Whether callers without a token may read the schema. */
  readonly openIntrospection: boolean;
  /** Whether a browser that opens the endpoint gets GraphiQL. */
  readonly graphiql: boolean;
  /** Milliseconds between pings on a WebSocket; one that does not answer by the next is cut. */
  readonly keepAliveMs: number;
}
