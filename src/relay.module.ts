import { Module, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { FieldPolicy, RecordProgress } from './operations/application/record-progress.js';
import { RefuseReport } from './operations/application/refuse-report.js';
import { Relay } from './queue/relay/relay.js';
import { ReportIntake } from './queue/relay/report-intake.js';
import { WritableFields } from './queue/relay/writable-fields.js';

/** The role `relay`: applies what runners report. Beside it: ControlPlaneModule. */
@Module({
  providers: [
    { provide: FieldPolicy, useFactory: () => new WritableFields() },
    RecordProgress,
    RefuseReport,
    ReportIntake,
    Relay,
  ],
})
export class RelayModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly relay: Relay) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.relay.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.relay.stop();
  }
}
