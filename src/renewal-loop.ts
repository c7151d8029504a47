import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { RenewalScheduler } from './certificates/index.js';

/** Keeps certificates alive as long as a control plane runs, beside the loop that dispatches operations. */
@Injectable()
export class RenewalLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly scheduler: RenewalScheduler) {}

  onApplicationBootstrap(): void {
    this.scheduler.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.scheduler.stop();
  }
}
