import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../operations/index.js';
import { DomainError } from '../../shared/domain-error.js';
import type { PlainObject } from '../../shared/plain.js';
import { httpBatchKey, httpServerSpec } from '../domain/http-server-spec.js';
import type { Server } from '../domain/server.js';
import { ServerStore } from './server-store.js';

/** `server.verify`: what is installed is found out, and the server-wide configuration is brought into force. */
@Injectable()
export class VerifyServerKind implements OperationKind<Server> {
  readonly name = 'server.verify';
  readonly tasks = ['server.check', 'http.apply'];
  readonly timeoutMs = 300_000;

  constructor(private readonly servers: ServerStore) {}

  async load(operation: Operation): Promise<Server> {
    const server = await this.servers.find(operation.subjectId);
    if (!server) {
      throw new DomainError('SERVER_NOT_FOUND', `There is no server ${operation.subjectId} any more.`);
    }
    return server;
  }

  plan(server: Server): OperationPlan {
    const spec = httpServerSpec(server) as unknown as PlainObject;
    const { consumer } = server.http;
    return {
      writes: [{ type: 'server', id: server.id }],
      tasks: [
        { name: 'server.check', input: { consumer, server: spec } },
        {
          name: 'http.apply',
          batchKey: httpBatchKey(server),
          input: { consumer, server: spec, change: { type: 'SERVER' } },
          sets: [{ subject: 'server', id: server.id, fields: { status: 'ENABLED' } }],
        },
      ],
    };
  }
}
