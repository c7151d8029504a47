import { Injectable } from '@nestjs/common';
import { everyRow } from '../../shared/page.js';
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
    for await (const server of everyRow((page) => this.servers.list({}, page), PAGE)) {
      await this.access.grant(server.id, server.queuePasswordSha256);
    }
  }
}
