import { Module, type OnModuleInit } from '@nestjs/common';
import { ClientsModule } from '../clients/clients.module.js';
import { FieldWriters, OperationKinds } from '../operations/index.js';
import { ServersModule } from '../servers/servers.module.js';
import { TypeormPlatformStore } from './adapters/typeorm-platform-store.js';
import { CreatePlatform } from './application/create-platform.js';
import { FindPlatforms } from './application/find-platforms.js';
import { PlatformFieldWriter } from './application/platform-field-writer.js';
import { PlatformStore } from './application/platform-store.js';
import { VerifyPlatformKind } from './application/verify-platform-kind.js';

@Module({
  imports: [ClientsModule, ServersModule],
  providers: [
    { provide: PlatformStore, useClass: TypeormPlatformStore },
    CreatePlatform,
    FindPlatforms,
    VerifyPlatformKind,
    PlatformFieldWriter,
  ],
  exports: [PlatformStore, CreatePlatform, FindPlatforms],
})
export class PlatformsModule implements OnModuleInit {
  constructor(
    private readonly kinds: OperationKinds,
    private readonly writers: FieldWriters,
    private readonly verify: VerifyPlatformKind,
    private readonly fields: PlatformFieldWriter,
  ) {}

  onModuleInit(): void {
    this.kinds.register(this.verify);
    this.writers.register(this.fields);
  }
}
