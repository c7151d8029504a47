import { Injectable } from '@nestjs/common';
import { OperationStore, RequestOperation, hasEnded, shared } from '../../../operations/index.js';
import { ServerStore, type Server } from '../../../servers/index.js';
import { newId } from '../../../shared/ids.js';
import { Leases } from '../../../shared/leases.js';
import { NEWEST, everyRow } from '../../../shared/page.js';
import { UnitOfWork } from '../../../shared/unit-of-work.js';
import { HOUR_MS, after } from '../../domain/renewal/life.js';
import { SCHEDULER } from './scheduler-actor.js';

/** A server that is seen for the first time was verified just now. */
const NEW = 1;
const PAGE = 1000;
const KIND = 'server.handshake';

/** Once an hour for each server: whether it shows the certificates that are stored on it. Not while the last time goes on, or waits for its runner. */
@Injectable()
export class RequestHandshakes {
  readonly #holder = newId();

  constructor(
    private readonly servers: ServerStore,
    private readonly operations: OperationStore,
    private readonly request: RequestOperation,
    private readonly leases: Leases,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async execute(now: Date): Promise<void> {
    for await (const server of everyRow((page) => this.servers.list({ status: 'ENABLED' }, page), PAGE)) {
      await this.#ofServer(server, now);
    }
  }

  /** A lease of an hour that nobody renews is a timer that all processes share. */
  async #ofServer(server: Server, now: Date): Promise<void> {
    await this.unitOfWork.run(async () => {
      const holder = `${this.#holder.slice(0, 23)}-${now.getTime()}`;
      const token = await this.leases.acquire(`handshake ${server.id}`, holder, now, after(now, HOUR_MS));
      if (token === null || token === NEW || (await this.#goesOn(server))) {
        return;
      }
      await this.request.execute(
        {
          kind: KIND,
          subject: { type: 'server', id: server.id, label: server.name },
          clientId: null,
          serverId: server.id,
          locks: [shared('server', server.id)],
        },
        SCHEDULER,
      );
    });
  }

  async #goesOn({ id }: Server): Promise<boolean> {
    const [last] = await this.operations.list({ kind: KIND, subjectType: 'server', subjectId: id }, NEWEST);
    return last !== undefined && !hasEnded(last.state);
  }
}
