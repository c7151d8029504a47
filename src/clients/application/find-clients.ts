import { Injectable } from '@nestjs/common';
import { canSeeClient, type Actor } from '../../shared/actor.js';
import { parseId } from '../../shared/ids.js';
import type { Page } from '../../shared/page.js';
import type { Client } from '../domain/client.js';
import { ClientStore, type ClientFilter } from './client-store.js';

/** Clients that the actor may see: an operator all, a client itself. */
@Injectable()
export class FindClients {
  constructor(private readonly clients: ClientStore) {}

  /** Null when there is none or it may not be seen. @throws DomainError ID_INVALID */
  async one(id: string, actor: Actor): Promise<Client | null> {
    const client = await this.clients.find(parseId(id));
    return client && canSeeClient(actor, client.id) ? client : null;
  }

  page(page: Page, actor: Actor): Promise<readonly Client[]> {
    return this.clients.list(scope(actor), page);
  }

  count(actor: Actor): Promise<number> {
    return this.clients.count(scope(actor));
  }
}

const scope = (actor: Actor): ClientFilter => (actor.role === 'OPERATOR' ? {} : { id: actor.clientId ?? '' });
