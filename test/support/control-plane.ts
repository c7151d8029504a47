import Bull from 'bull';
import { z } from 'zod';
import { ClientEntity } from '../../src/clients/adapters/client.entity.js';
import { MemoryOperationNewsBus } from '../../src/operations/adapters/memory-operation-news.js';
import { TypeormOperationStore } from '../../src/operations/adapters/typeorm-operation-store.js';
import { CancelOperation } from '../../src/operations/application/cancel-operation.js';
import { Dispatcher } from '../../src/operations/application/dispatcher.js';
import { EndOperation } from '../../src/operations/application/end-operation.js';
import { FieldWriters } from '../../src/operations/application/field-writer.js';
import type { OperationKind } from '../../src/operations/application/operation-kind.js';
import { OperationKinds } from '../../src/operations/application/operation-kinds.js';
import { RecordProgress } from '../../src/operations/application/record-progress.js';
import { RefuseReport } from '../../src/operations/application/refuse-report.js';
import { RequestOperation } from '../../src/operations/application/request-operation.js';
import { RunnerDirectory, type RunnerKeys } from '../../src/operations/application/runner-directory.js';
import { Sweeper } from '../../src/operations/application/sweeper.js';
import { exclusive, type Lock } from '../../src/operations/domain/lock.js';
import type { Advance } from '../../src/operations/domain/advance.js';
import { hasEnded, type OperationState } from '../../src/operations/domain/operation-state.js';
import type { Operation } from '../../src/operations/domain/operation.js';
import type { PlannedTask } from '../../src/operations/domain/task.js';
import { BullMessageQueue } from '../../src/queue/bull-message-queue.js';
import { ControlPlaneKeys } from '../../src/queue/control-plane-keys.js';
import { RedisConnections } from '../../src/queue/redis-connections.js';
import { RedisQueueAccess } from '../../src/queue/redis-queue-access.js';
import { Relay } from '../../src/queue/relay/relay.js';
import { ReportIntake } from '../../src/queue/relay/report-intake.js';
import { WritableFields } from '../../src/queue/relay/writable-fields.js';
import { SealedOrderSender } from '../../src/queue/sealed-order-sender.js';
import type { Actor } from '../../src/shared/actor.js';
import { Clock } from '../../src/shared/clock.js';
import { newId } from '../../src/shared/ids.js';
import type { Secret } from '../../src/shared/secret.js';
import { openDatabase, type TestDatabase } from './a-database.js';
import { eventually } from './eventually.js';

export const OPERATOR: Actor = { tokenId: newId(), role: 'OPERATOR', clientId: null, label: 'test' };

/** Time goes by itself and can be pushed forward. */
class PushedClock extends Clock {
  #ahead = 0;

  now(): Date {
    return new Date(Date.now() + this.#ahead);
  }

  push(ms: number): void {
    this.#ahead += ms;
  }
}

class KnownRunners extends RunnerDirectory {
  readonly #keys = new Map<string, RunnerKeys>();
  readonly heardOf: string[] = [];

  register(serverId: string, keys: RunnerKeys): void {
    this.#keys.set(serverId, keys);
  }

  async keys(serverId: string): Promise<RunnerKeys | null> {
    return this.#keys.get(serverId) ?? null;
  }

  async serverIds(): Promise<readonly string[]> {
    return [...this.#keys.keys()];
  }

  async heard(serverId: string): Promise<void> {
    this.heardOf.push(serverId);
  }
}

/** Plans what the operation's input says: `{ tasks: PlannedTask[], broken? }`. Its fields are labels of clients. */
const kind = (name: string): OperationKind => ({
  name,
  tasks: [],
  timeoutMs: 60_000,
  load: () => Promise.resolve(null),
  plan: (_state, { input, subjectId }) => {
    if (input['broken']) {
      throw new TypeError('cannot read properties of undefined');
    }
    return { tasks: input['tasks'] as unknown as PlannedTask[], writes: [{ type: 'site', id: subjectId }] };
  },
});

export interface AskedFor {
  readonly serverId: string;
  readonly siteId?: string;
  readonly locks?: readonly Lock[];
  readonly tasks?: readonly PlannedTask[];
  readonly broken?: boolean;
}

const THREE: readonly PlannedTask[] = ['a', 'b', 'c'].map((name) => ({ name, input: {} }));

/** The control plane without its API: store, dispatcher, sweeper, sealed orders and relay, on real MariaDB and Redis. */
export class TestControlPlane {
  readonly clock = new PushedClock();
  readonly runners = new KnownRunners();
  readonly news = new MemoryOperationNewsBus();
  readonly store: TypeormOperationStore;
  readonly sender: SealedOrderSender;
  readonly dispatcher: Dispatcher;
  readonly sweeper: Sweeper;
  readonly access: RedisQueueAccess;
  readonly queue: BullMessageQueue;
  readonly #request: RequestOperation;
  readonly #cancel: CancelOperation;
  readonly #newRelay: () => Relay;
  #relay: Relay | null = null;

  private constructor(
    readonly database: TestDatabase,
    readonly connections: RedisConnections,
    readonly keys: ControlPlaneKeys,
  ) {
    const { clock, news, runners } = this;
    const { session, unitOfWork } = database;
    const store = new TypeormOperationStore(session);
    const kinds = new OperationKinds();
    const writers = new FieldWriters();
    const end = new EndOperation(store, news, unitOfWork, clock);
    kinds.register(kind('site.verify'));
    writers.register({
      subject: 'site',
      write: async (id, fields) => {
        await session.repository(ClientEntity).update({ id }, z.strictObject({ label: z.string() }).parse(fields));
      },
    });
    this.queue = new BullMessageQueue((name) => new Bull(name, connections.bullOptions()), connections.client);
    this.store = store;
    this.access = new RedisQueueAccess(connections.client);
    this.sender = new SealedOrderSender(this.queue, keys, runners);
    this.dispatcher = new Dispatcher(store, kinds, this.sender, end, news, unitOfWork, clock);
    this.sweeper = new Sweeper(store, this.dispatcher, this.sender, end, unitOfWork, clock);
    this.#request = new RequestOperation(store, kinds, this.dispatcher, unitOfWork, clock);
    this.#cancel = new CancelOperation(store, end, this.sender, unitOfWork, clock);
    const policy = new WritableFields({ 'site.verify': { site: ['label'] } });
    const record = new RecordProgress(store, writers, policy, news, unitOfWork, clock);
    const refuse = new RefuseReport(store, end, unitOfWork);
    const intake = new ReportIntake(keys, runners, record, refuse, store, clock);
    this.#newRelay = () => new Relay(this.queue, runners, intake);
    news.subscribe(({ operationId, ended }) => {
      if (ended) {
        void this.#letNextGo(operationId);
      }
    });
  }

  /** One step of an operation, made by hand. @returns what it was before; null when it was not in `from`. */
  async step(id: string, from: OperationState, to: Partial<Omit<Advance, 'operation'>>): Promise<Operation | null> {
    return this.database.unitOfWork.run(async () => {
      const operation = (await this.store.lock(id))!;
      if (operation.state !== from) {
        return null;
      }
      await this.store.advance([{ operation, state: from, change: {}, tasks: new Map(), history: [], ...to }]);
      return operation;
    });
  }

  static async start(databaseUrl: Secret, redisUrl: Secret, keysDirectory: string): Promise<TestControlPlane> {
    const database = await openDatabase(databaseUrl);
    const connections = new RedisConnections(redisUrl);
    await connections.ready();
    const plane = new TestControlPlane(database, connections, await ControlPlaneKeys.load(keysDirectory));
    await plane.startRelay();
    return plane;
  }

  async startRelay(): Promise<void> {
    this.#relay = this.#newRelay();
    await this.#relay.start(50);
  }

  async stopRelay(): Promise<void> {
    await this.#relay?.stop();
    this.#relay = null;
  }

  /** A site is a client here: any table with a label does. */
  async aSite(): Promise<string> {
    const id = newId();
    const client = { id, name: id, label: 'before', createdAt: new Date() };
    await this.database.session.repository(ClientEntity).insert(client);
    return id;
  }

  async labelOf(siteId: string): Promise<string> {
    return (await this.database.session.repository(ClientEntity).findOneByOrFail({ id: siteId })).label;
  }

  async ask({ serverId, tasks = THREE, broken = false, ...given }: AskedFor): Promise<Operation> {
    const siteId = given.siteId ?? (await this.aSite());
    const request = {
      kind: 'site.verify',
      subject: { type: 'site', id: siteId, label: siteId },
      clientId: null,
      serverId,
      locks: given.locks ?? [exclusive('site', siteId)],
      input: { tasks: tasks as never, broken },
    } as const;
    return this.database.unitOfWork.run(() => this.#request.execute(request, OPERATOR));
  }

  cancel(id: string): Promise<Operation> {
    return this.#cancel.execute(id, OPERATOR);
  }

  async see(id: string): Promise<Operation> {
    return (await this.store.find(id))!;
  }

  /** Waits for the end, sweeping as time is pushed. */
  ended(id: string, withinMs = 15_000): Promise<Operation> {
    return eventually(async () => {
      const operation = await this.see(id);
      if (!hasEnded(operation.state)) {
        throw new Error(
          `Operation is ${operation.state}, attempt ${operation.attempt}: ${(await this.story(id)).join(', ')}`,
        );
      }
      return operation;
    }, withinMs);
  }

  /** The history in short; fails on a gap. */
  async story(id: string): Promise<string[]> {
    const events = await this.store.events(id, 0, 10_000);
    if (events.some(({ position }, index) => position !== index + 1)) {
      throw new Error(`The history has gaps: ${events.map(({ position }) => position).join(' ')}`);
    }
    return events
      .filter(({ type }) => type !== 'LOG')
      .map(({ task, type, status }) => (type === 'TASK' ? `${task} ${status}` : status));
  }

  async pushTime(ms: number): Promise<void> {
    this.clock.push(ms);
    await this.sweeper.sweep();
  }

  async stop(): Promise<void> {
    await this.dispatcher.idle();
    await this.stopRelay();
    await this.queue.close();
    this.connections.close();
    await this.database.dataSource.destroy();
  }

  async #letNextGo(id: string): Promise<void> {
    const operation = await this.store.find(id);
    if (operation) {
      await this.dispatcher.next(operation);
    }
  }
}
