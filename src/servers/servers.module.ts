import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { FieldWriters, RunnerDirectory } from '../operations/index.js';
import { TypeormServerStore } from './adapters/typeorm-server-store.js';
import { FindServers } from './application/find-servers.js';
import { GrantQueueAccess } from './application/grant-queue-access.js';
import { RegisterServer } from './application/register-server.js';
import { ServerFieldWriter } from './application/server-field-writer.js';
import { ServerStore } from './application/server-store.js';
import { StoreRunnerDirectory } from './application/store-runner-directory.js';
import { VerifyServer } from './application/verify-server.js';

/** Global, because whoever sends to runners asks it for their keys. Needs LocalEnrolment and QueueAccess. */
@Global()
@Module({
  providers: [
    { provide: ServerStore, useClass: TypeormServerStore },
    { provide: RunnerDirectory, useClass: StoreRunnerDirectory },
    FindServers,
    GrantQueueAccess,
    RegisterServer,
    VerifyServer,
    ServerFieldWriter,
  ],
  exports: [ServerStore, RunnerDirectory, FindServers, GrantQueueAccess, RegisterServer, VerifyServer],
})
export class ServersModule implements OnModuleInit {
  constructor(
    private readonly writers: FieldWriters,
    private readonly fields: ServerFieldWriter,
  ) {}

  onModuleInit(): void {
    this.writers.register(this.fields);
  }
}
