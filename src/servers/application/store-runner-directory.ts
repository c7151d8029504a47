import { Injectable } from '@nestjs/common';
import { RunnerDirectory, type RunnerKeys } from '../../operations/index.js';
import { everyRow } from '../../shared/page.js';
import { ServerStore } from './server-store.js';

const PAGE = 500;

/** The runners of the registered servers. */
@Injectable()
export class StoreRunnerDirectory extends RunnerDirectory {
  /** They are asked for with every message and never change: a runner with other keys is another server. */
  readonly #known = new Map<string, RunnerKeys>();

  constructor(private readonly servers: ServerStore) {
    super();
  }

  async keys(serverId: string): Promise<RunnerKeys | null> {
    const known = this.#known.get(serverId);
    if (known) {
      return known;
    }
    const server = await this.servers.find(serverId);
    const keys = server && { signing: server.signingKey, encryption: server.encryptionKey };
    if (keys) {
      this.#known.set(serverId, keys);
    }
    return keys;
  }

  async serverIds(): Promise<readonly string[]> {
    const ids: string[] = [];
    for await (const { id } of everyRow((page) => this.servers.list({}, page), PAGE)) {
      ids.push(id);
    }
    return ids;
  }

  async heard(serverId: string, at: Date): Promise<void> {
    await this.servers.update(serverId, { lastSeenAt: at });
  }
}
