import { Global, Module, type OnModuleInit } from '@nestjs/common';
import { FieldWriters, OperationKinds, RunnerDirectory } from '../operations/index.js';
import { TypeormServerStore } from './adapters/typeorm-server-store.js';
import { FindServers } from './application/find-servers.js';
import { GrantQueueAccess } from './application/grant-queue-access.js';
import { RegisterServer } from './application/register-server.js';
import { ServerFieldWriter } from './application/server-field-writer.js';
import { ServerStore } from './application/server-store.js';
import { StoreRunnerDirectory } from './application/store-runner-directory.js';
import { VerifyServerKind } from './application/verify-server-kind.js';
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
    VerifyServerKind,
    ServerFieldWriter,
  ],
  exports: [ServerStore, RunnerDirectory, FindServers, GrantQueueAccess, RegisterServer, VerifyServer],
})
export class ServersModule implements OnModuleInit {
  constructor(
    private readonly kinds: OperationKinds,
    private readonly writers: FieldWriters,
    private readonly verify: VerifyServerKind,
    private readonly fields: ServerFieldWriter,
  ) {}

  onModuleInit(): void {
    this.kinds.register(this.verify);
    this.writers.register(this.fields);
  }
}
