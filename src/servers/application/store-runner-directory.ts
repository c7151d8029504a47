import { Injectable } from '@nestjs/common';
import { RunnerDirectory, type RunnerKeys } from '../../operations/index.js';
import { ServerStore } from './server-store.js';

/** The runners of the registered servers. */
@Injectable()
export class StoreRunnerDirectory extends RunnerDirectory {
  constructor(private readonly servers: ServerStore) {
    super();
  }

  async keys(serverId: string): Promise<RunnerKeys | null> {
    const server = await this.servers.find(serverId);
    return server && { signing: server.signingKey, encryption: server.encryptionKey };
  }

  async heard(serverId: string, at: Date): Promise<void> {
    await this.servers.update(serverId, { lastSeenAt: at });
  }
}
