import { Module, type DynamicModule } from '@nestjs/common';
import { CertificatesGraphqlModule } from './certificates/graphql/certificates-graphql.module.js';
import { RenewalScheduler } from './certificates/index.js';
import { ClientsModule } from './clients/clients.module.js';
import { ClientsGraphqlModule } from './clients/graphql/clients-graphql.module.js';
import { DispatchLoop } from './dispatch-loop.js';
import { graphqlModule } from './graphql/index.js';
import { HealthController } from './health.controller.js';
import { OperationsGraphqlModule } from './operations/graphql/operations-graphql.module.js';
import { PlatformsGraphqlModule } from './platforms/graphql/platforms-graphql.module.js';
import { RenewalLoop } from './renewal-loop.js';
import { ServersGraphqlModule } from './servers/graphql/servers-graphql.module.js';
import { SitesGraphqlModule } from './sites/graphql/sites-graphql.module.js';
import { SitesModule } from './sites/sites.module.js';

export interface ApiOptions {
  readonly graphiql: boolean;
  readonly renewalEveryMs: number;
}

/** The role `api`: GraphQL, and the dispatch of what it commits. Beside it: ControlPlaneModule. */
@Module({})
export class ApiModule {
  static forRoot({ graphiql, renewalEveryMs }: ApiOptions): DynamicModule {
    return {
      module: ApiModule,
      imports: [
        graphqlModule({ imports: [ClientsModule], graphiql }),
        ClientsGraphqlModule,
        ServersGraphqlModule,
        PlatformsGraphqlModule,
        CertificatesGraphqlModule,
        SitesGraphqlModule,
        OperationsGraphqlModule,
        SitesModule,
      ],
      controllers: [HealthController],
      providers: [
        DispatchLoop,
        {
          provide: RenewalLoop,
          inject: [RenewalScheduler],
          useFactory: (scheduler: RenewalScheduler) => new RenewalLoop(scheduler, renewalEveryMs),
        },
      ],
    };
  }
}
