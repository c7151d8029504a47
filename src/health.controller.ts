import { Controller, Get, HttpCode, ServiceUnavailableException } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MessageQueue } from './queue/message-queue.js';

/** For load balancers and supervisors. */
@Controller()
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly queue: MessageQueue,
  ) {}

  /** The process runs and answers. */
  @Get('healthz')
  @HttpCode(200)
  healthz(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  /** It can do its work: database and queue answer. 503 with the names of those that do not. */
  @Get('readyz')
  async readyz(): Promise<{ readonly status: 'ready' }> {
    const [database, queue] = await Promise.all([this.#databaseAnswers(), this.queue.ping()]);
    if (!database || !queue) {
      const missing = [...(database ? [] : ['database']), ...(queue ? [] : ['queue'])];
      throw new ServiceUnavailableException({ status: 'not ready', missing });
    }
    return { status: 'ready' };
  }

  async #databaseAnswers(): Promise<boolean> {
    try {
      await this.dataSource.query('SELECT 1');
      return true;
    } catch {
      return false;
    }
  }
}
