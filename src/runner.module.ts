import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { RunnerProcess, type RunnerProcessOptions } from './runner/runner-process.js';

/** The role `runner`: the work of one server. Beside it nothing: no database, no API. */
@Module({})
export class RunnerModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly runner: RunnerProcess) {}

  static forRoot(options: RunnerProcessOptions): DynamicModule {
    return {
      module: RunnerModule,
      providers: [{ provide: RunnerProcess, useFactory: () => new RunnerProcess(options) }],
    };
  }

  onApplicationBootstrap(): void {
    // Not awaited: a runner that is not registered yet must not keep the API of `hler up` from answering.
    void this.runner.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.runner.stop();
  }
}
