import { type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RenewalScheduler } from './certificates/index.js';

/** Keeps certificates alive as long as a control plane runs, beside the loop that dispatches operations. */
export class RenewalLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly scheduler: RenewalScheduler,
    private readonly everyMs: number,
  ) {}

  onApplicationBootstrap(): void {
    this.scheduler.start(this.everyMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.scheduler.stop();
  }
}
