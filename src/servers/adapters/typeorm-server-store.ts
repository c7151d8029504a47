import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { DatabaseSession } from '../../database/database-session.js';
import { orTaken } from '../../database/insert-unique.js';
import { selectPage, whereEqual } from '../../database/select-page.js';
import { DomainError } from '../../shared/domain-error.js';
import type { Page } from '../../shared/page.js';
import { ServerStore, type ServerChange, type ServerFilter } from '../application/server-store.js';
import type { Server } from '../domain/server.js';
import { ServerEntity } from './server.entity.js';

@Injectable()
export class TypeormServerStore extends ServerStore {
  constructor(private readonly session: DatabaseSession) {
    super();
  }

  async insert(server: Server): Promise<void> {
    await orTaken('PRIMARY', this.#insertNamed(server), () => alreadyRegistered(server));
  }

  find(id: string): Promise<Server | null> {
    return this.#rows.findOneBy({ id });
  }

  findMany(ids: readonly string[]): Promise<readonly Server[]> {
    return this.#rows.findBy({ id: In(ids) });
  }

  list(filter: ServerFilter, page: Page): Promise<readonly Server[]> {
    return selectPage(whereEqual(this.#rows.createQueryBuilder('s'), filter), page);
  }

  count(filter: ServerFilter): Promise<number> {
    return whereEqual(this.#rows.createQueryBuilder('s'), filter).getCount();
  }

  async update(id: string, change: ServerChange): Promise<void> {
    await this.#rows.update({ id }, { ...change });
  }

  #insertNamed(server: Server): Promise<void> {
    return orTaken(
      'uq_servers_name',
      this.#rows.insert({ ...server }),
      () => new DomainError('NAME_TAKEN', `There is a server named "${server.name}" already.`),
    );
  }

  get #rows() {
    return this.session.repository(ServerEntity);
  }
}

function alreadyRegistered(server: Server): DomainError {
  return new DomainError('SERVER_ALREADY_REGISTERED', 'The runner of this server is registered already.', {
    details: { serverId: server.id },
  });
}
