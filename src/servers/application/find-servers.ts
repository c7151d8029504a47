import { Injectable } from '@nestjs/common';
import { parseId } from '../../shared/ids.js';
import type { Page } from '../../shared/page.js';
import type { Server } from '../domain/server.js';
import { ServerStore, type ServerFilter } from './server-store.js';

/** Servers are the operator's: the permission `server:read` is all there is to check. */
@Injectable()
export class FindServers {
  constructor(private readonly servers: ServerStore) {}

  /** @throws DomainError ID_INVALID */
  one(id: string): Promise<Server | null> {
    return this.servers.find(parseId(id));
  }

  page(filter: ServerFilter, page: Page): Promise<readonly Server[]> {
    return this.servers.list(filter, page);
  }

  count(filter: ServerFilter): Promise<number> {
    return this.servers.count(filter);
  }
}
