import { Injectable } from '@nestjs/common';
import { RequestOperation, type Operation } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { verifyServerRequest } from '../domain/verify-server-request.js';
import type { Server } from '../domain/server.js';
import { ServerStore } from './server-store.js';

/** Has a server looked at again, and its configuration and that of its sites brought into force, or only compared. */
@Injectable()
export class VerifyServer {
  constructor(
    private readonly servers: ServerStore,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError ID_INVALID, SERVER_NOT_FOUND */
  async execute(serverId: string, dryRun: boolean, actor: Actor): Promise<{ server: Server; operation: Operation }> {
    const id = parseId(serverId);
    return this.unitOfWork.run(async () => {
      const server = await this.servers.find(id);
      if (!server) {
        throw new DomainError('SERVER_NOT_FOUND', `There is no server ${id}.`);
      }
      return { server, operation: await this.request.execute(verifyServerRequest(server, dryRun), actor) };
    });
  }
}
