import { Injectable } from '@nestjs/common';
import {
  dryRunOf,
  isDryRun,
  type Operation,
  type OperationKind,
  type OperationPlan,
  type PlannedTask,
} from '../../operations/index.js';
import { DomainError } from '../../shared/domain-error.js';
import type { PlainObject } from '../../shared/plain.js';
import { httpBatchKey, httpServerSpec } from '../domain/http-server-spec.js';
import { tlsFrontOf, type TlsFrontOfServer } from '../domain/tls-front.js';
import type { Server } from '../domain/server.js';
import { ServerContents } from './server-contents.js';
import { ServerStore } from './server-store.js';

interface State {
  readonly server: Server;
  readonly contents: OperationPlan;
  readonly siteUris: readonly string[];
}

/**
 * `server.verify`: what is installed is found out, and the configuration of the server and of all that it serves is
 * brought into force, with one reload where anything differs and none where nothing does. As a dry run: the same plan,
 * looked at only.
 */
@Injectable()
export class VerifyServerKind implements OperationKind<State> {
  readonly name = 'server.verify';
  readonly tasks = ['server.check', 'http.apply'];
  readonly timeoutMs = 1_800_000;

  constructor(
    private readonly servers: ServerStore,
    private readonly contents: ServerContents,
  ) {}

  async load(operation: Operation): Promise<State> {
    const server = await this.servers.find(operation.subjectId);
    if (!server) {
      throw new DomainError('SERVER_NOT_FOUND', `There is no server ${operation.subjectId} any more.`);
    }
    return { server, contents: await this.contents.plan(server), siteUris: await this.contents.siteUris(server) };
  }

  plan(state: State, operation: Operation): OperationPlan {
    const plan = this.#plan(state);
    return isDryRun(operation) ? dryRunOf(plan, ['http.apply']) : plan;
  }

  #plan({ server, contents, siteUris }: State): OperationPlan {
    const spec = httpServerSpec(server) as unknown as PlainObject;
    const { consumer } = server.http;
    const front = tlsFrontOf(server);
    const isOfFront = ({ batchKey }: PlannedTask): boolean => batchKey !== undefined && batchKey === front?.batchKey;
    // What lies on a server that has only just been registered may be of a life before, and is not ours to remove yet.
    const known = server.status === 'QUEUED' ? {} : { siteUris };
    return {
      writes: [{ type: 'server', id: server.id }, ...contents.writes],
      onFailure: contents.onFailure ?? [],
      tasks: [
        { name: 'server.check', input: { consumer, server: spec } },
        {
          name: 'http.apply',
          batchKey: httpBatchKey(server),
          input: { consumer, server: spec, change: { type: 'SERVER', ...known } },
          sets: [{ subject: 'server', id: server.id, fields: { status: 'ENABLED' } }],
        },
        ...contents.tasks.filter((task) => !isOfFront(task)),
        // What stands behind first: until then the front passes on what it did.
        ...(front === null ? [] : frontTasks(front, known)),
        ...contents.tasks.filter(isOfFront),
      ],
    };
  }
}

function frontTasks({ consumer, spec, batchKey }: TlsFrontOfServer, known: PlainObject): readonly PlannedTask[] {
  const server = spec as unknown as PlainObject;
  return [
    { name: 'server.check', input: { consumer, server } },
    { name: 'http.apply', batchKey, input: { consumer, server, change: { type: 'SERVER', ...known } } },
  ];
}
