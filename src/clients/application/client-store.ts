import type { Page } from '../../shared/page.js';
import type { Client } from '../domain/client.js';

export interface ClientFilter {
  readonly id?: string;
}

export abstract class ClientStore {
  /** @throws DomainError NAME_TAKEN */
  abstract insert(client: Client): Promise<void>;
  abstract find(id: string): Promise<Client | null>;
  abstract findMany(ids: readonly string[]): Promise<readonly Client[]>;
  abstract findByName(name: string): Promise<Client | null>;
  abstract list(filter: ClientFilter, page: Page): Promise<readonly Client[]>;
  abstract count(filter: ClientFilter): Promise<number>;
}
