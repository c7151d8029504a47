import { Injectable } from '@nestjs/common';
import { QueueAccess } from './queue-access.js';
import { ServerStore } from './server-store.js';

const PAGE = 100;

/** Opens the queues of all registered servers again: a Redis that lost its users would leave every runner outside. */
@Injectable()
export class GrantQueueAccess {
  constructor(
    private readonly servers: ServerStore,
    private readonly access: QueueAccess,
  ) {}

  /** @throws DomainError QUEUE_UNAVAILABLE */
  async execute(): Promise<void> {
    for (let after: string | null = null; ;) {
      const rows = await this.servers.list({}, { direction: 'FORWARD', size: PAGE, take: PAGE, after, before: null });
      for (const server of rows) {
        await this.access.grant(server.id, server.queuePasswordSha256);
      }
      if (rows.length < PAGE) {
        return;
      }
      after = rows.at(-1)!.id;
    }
  }
}
