import { Global, Module, type DynamicModule } from '@nestjs/common';
import { askRenewalInfo } from '../workers/acme/ask-renewal-info.js';
import { RenewalInfoClient } from './certificates/index.js';
import { CertificatesModule } from './certificates/certificates.module.js';
import { ClientsModule } from './clients/clients.module.js';
import { DatabaseModule } from './database/database.module.js';
import { ENTITIES } from './entities.js';
import { OperationsModule } from './operations/operations.module.js';
import { PlatformsModule } from './platforms/platforms.module.js';
import { QueueModule } from './queue/queue.module.js';
import { RedisConnections } from './queue/redis-connections.js';
import { RedisQueueAccess } from './queue/redis-queue-access.js';
import { LocalEnrolment, QueueAccess } from './servers/index.js';
import { ServersModule } from './servers/servers.module.js';
import type { Secret } from './shared/secret.js';
import { SitesModule } from './sites/sites.module.js';

export interface ControlPlaneOptions {
  readonly databaseUrl: Secret;
  readonly redisUrl: Secret;
  readonly keysDirectory: string;
  /** Of the runner in this process; null when there is none. */
  readonly localEnrolment: object | null;
}

/** What `api` and `relay` share: database, queues, operations and every noun. */
@Global()
@Module({})
export class ControlPlaneModule {
  static forRoot(options: ControlPlaneOptions): DynamicModule {
    return {
      module: ControlPlaneModule,
      imports: [
        DatabaseModule.forRoot(options.databaseUrl, ENTITIES),
        QueueModule.forRoot(options.redisUrl, options.keysDirectory),
        OperationsModule,
        ClientsModule,
        ServersModule,
        PlatformsModule,
        CertificatesModule,
        SitesModule,
      ],
      providers: [
        { provide: LocalEnrolment, useValue: { document: () => options.localEnrolment } satisfies LocalEnrolment },
        {
          provide: QueueAccess,
          inject: [RedisConnections],
          useFactory: (connections: RedisConnections) => new RedisQueueAccess(connections.client),
        },
        {
          provide: RenewalInfoClient,
          useValue: { ask: askRenewalInfo } satisfies RenewalInfoClient,
        },
      ],
      exports: [LocalEnrolment, QueueAccess, RenewalInfoClient],
    };
  }
}
