import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { DatabaseSession } from '../../database/database-session.js';
import { orTaken } from '../../database/insert-unique.js';
import { selectPage, whereEqual } from '../../database/select-page.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Page } from '../../shared/page.js';
import { ClientStore, type ClientFilter } from '../application/client-store.js';
import type { Client } from '../domain/client.js';
import { ClientEntity } from './client.entity.js';

@Injectable()
export class TypeormClientStore extends ClientStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  insert(client: Client): Promise<void> {
    return orTaken(
      'uq_clients_name',
      this.#rows.insert({ ...client }),
      () => new DomainError('NAME_TAKEN', `There is a client named "${client.name}" already.`),
    );
  }

  find(id: string): Promise<Client | null> {
    return this.#rows.findOneBy({ id });
  }

  findMany(ids: readonly string[]): Promise<readonly Client[]> {
    return this.#rows.findBy({ id: In(ids) });
  }

  findByName(name: string): Promise<Client | null> {
    return this.#rows.findOneBy({ name });
  }

  list(filter: ClientFilter, page: Page): Promise<readonly Client[]> {
    return selectPage(whereEqual(this.#rows.createQueryBuilder('c'), filter), page);
  }

  count(filter: ClientFilter): Promise<number> {
    return whereEqual(this.#rows.createQueryBuilder('c'), filter).getCount();
  }

  get #rows() {
    return this.session.repository(ClientEntity);
  }
}
