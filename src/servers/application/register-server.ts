import { Injectable } from '@nestjs/common';
import { RequestOperation, type Operation } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseMachineName } from '../../shared/machine-name.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { verifyServerRequest } from '../domain/verify-server-request.js';
import { parseEnrolment, type Enrolment } from '../domain/enrolment.js';
import type { Server } from '../domain/server.js';
import { LocalEnrolment } from './local-enrolment.js';
import { QueueAccess } from './queue-access.js';
import { ServerStore } from './server-store.js';

export interface RegisterServerInput {
  readonly name: string;
  /** What `hler runner enrolment` prints on the server; without it, the runner in this process. */
  readonly enrolment?: unknown;
}

/** Takes a runner's introduction, opens its queue for it, and has the server verified. */
@Injectable()
export class RegisterServer {
  constructor(
    private readonly servers: ServerStore,
    private readonly local: LocalEnrolment,
    private readonly queueAccess: QueueAccess,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError NAME_INVALID, SERVER_ENROLMENT_INVALID, NAME_TAKEN, SERVER_ALREADY_REGISTERED */
  async execute(input: RegisterServerInput, actor: Actor): Promise<{ server: Server; operation: Operation }> {
    const name = parseMachineName(input.name);
    const server = this.#server(name, parseEnrolment(input.enrolment ?? this.#localDocument()));
    return this.unitOfWork.run(async () => {
      await this.servers.insert(server);
      // After the insert, so that one that is refused changes nothing for the runner that is there; before the commit,
      // because a registered server that cannot read its queue would wait for ever. Granting twice is granting once.
      await this.queueAccess.grant(server.id, server.queuePasswordSha256);
      const operation = await this.request.execute(verifyServerRequest(server), actor);
      return { server, operation };
    });
  }

  #localDocument(): unknown {
    const document = this.local.document();
    if (document === null) {
      throw new DomainError(
        'SERVER_ENROLMENT_INVALID',
        'No runner runs in this process, so "enrolment" is needed: run `hler runner enrolment` on the server and pass what it prints.',
        { details: { field: 'enrolment' } },
      );
    }
    return document;
  }

  #server(name: string, enrolment: Enrolment): Server {
    const { serverId, ...introduced } = enrolment;
    return {
      ...introduced,
      id: serverId,
      name,
      status: 'QUEUED',
      programVersion: null,
      opensslVersion: null,
      tlsGroups: [],
      diskFreeBytes: null,
      health: null,
      verifiedAt: null,
      lastSeenAt: null,
      createdAt: this.clock.now(),
    };
  }
}
