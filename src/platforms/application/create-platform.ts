import { Injectable } from '@nestjs/common';
import { RequestOperation, exclusive, type Operation } from '../../operations/index.js';
import { ServerStore, type Server } from '../../servers/index.js';
import type { Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { newId, parseId } from '../../shared/ids.js';
import { parseMachineName } from '../../shared/machine-name.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { parseUnixPath } from '../../shared/unix-path.js';
import { ClientStore } from '../../clients/index.js';
import type { Application, Platform } from '../domain/platform.js';
import { PlatformStore } from './platform-store.js';

export interface CreatePlatformInput {
  readonly name: string;
  readonly serverId: string;
  readonly clientId?: string | null;
  readonly application: Application;
  readonly path: string;
}

/** Puts a code base that is on the server already under management. */
@Injectable()
export class CreatePlatform {
  constructor(
    private readonly platforms: PlatformStore,
    private readonly servers: ServerStore,
    private readonly clients: ClientStore,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError NAME_INVALID, PATH_INVALID, ID_INVALID, SERVER_NOT_FOUND, CLIENT_NOT_FOUND, NAME_TAKEN */
  async execute(input: CreatePlatformInput, actor: Actor): Promise<{ platform: Platform; operation: Operation }> {
    const name = parseMachineName(input.name);
    const path = parseUnixPath(input.path);
    const server = await this.#server(parseId(input.serverId));
    const platform: Platform = {
      id: newId(),
      name,
      serverId: server.id,
      clientId: await this.#clientId(input.clientId),
      application: input.application,
      source: { type: 'EXISTING_PATH', path },
      realPath: null,
      version: null,
      docroot: null,
      status: 'QUEUED',
      verifiedAt: null,
      createdAt: this.clock.now(),
    };
    return this.unitOfWork.run(async () => {
      await this.platforms.insert(platform);
      const operation = await this.request.execute(
        {
          kind: 'platform.verify',
          subject: { type: 'platform', id: platform.id, label: platform.name },
          clientId: platform.clientId,
          serverId: server.id,
          locks: [exclusive('platform', platform.id)],
        },
        actor,
      );
      return { platform, operation };
    });
  }

  async #server(id: string): Promise<Server> {
    const server = await this.servers.find(id);
    if (!server) {
      throw new DomainError('SERVER_NOT_FOUND', `There is no server ${id}.`);
    }
    return server;
  }

  async #clientId(id: string | null | undefined): Promise<string | null> {
    if (id === null || id === undefined) {
      return null;
    }
    const client = await this.clients.find(parseId(id));
    if (!client) {
      throw new DomainError('CLIENT_NOT_FOUND', `There is no client ${id}.`);
    }
    return client.id;
  }
}
