import type { Page } from '../../shared/page.js';
import type { Server } from '../domain/server.js';

export interface ServerFilter {
  readonly status?: Server['status'];
}

export type ServerChange = Partial<
  Pick<
    Server,
    | 'status'
    | 'programVersion'
    | 'opensslVersion'
    | 'tlsGroups'
    | 'diskFreeBytes'
    | 'health'
    | 'verifiedAt'
    | 'lastSeenAt'
    | 'http'
    | 'platformRoots'
  >
>;

export abstract class ServerStore {
  /** @throws DomainError NAME_TAKEN, SERVER_ALREADY_REGISTERED */
  abstract insert(server: Server): Promise<void>;
  abstract find(id: string): Promise<Server | null>;
  abstract findMany(ids: readonly string[]): Promise<readonly Server[]>;
  abstract list(filter: ServerFilter, page: Page): Promise<readonly Server[]>;
  abstract count(filter: ServerFilter): Promise<number>;
  abstract update(id: string, change: ServerChange): Promise<void>;
}
