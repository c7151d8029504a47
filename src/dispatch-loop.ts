import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { TASKS } from '../workers/tasks/index.js';
import { auditRegistry } from './operations/application/audit.js';
import { Dispatcher } from './operations/application/dispatcher.js';
import { FieldWriters } from './operations/application/field-writer.js';
import { OperationKinds } from './operations/application/operation-kinds.js';
import { OperationNewsBus } from './operations/application/operation-news.js';
import { OperationStore } from './operations/application/operation-store.js';
import { Sweeper } from './operations/application/sweeper.js';
import { WRITABLE_FIELDS } from './queue/relay/writable-fields.js';
import { GrantQueueAccess } from './servers/index.js';

/** Keeps operations moving: audits the registry before the first one, lets the next one go when one ends, sweeps. */
@Injectable()
export class DispatchLoop implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #unsubscribe: (() => void) | undefined;

  constructor(
    private readonly kinds: OperationKinds,
    private readonly writers: FieldWriters,
    private readonly store: OperationStore,
    private readonly dispatcher: Dispatcher,
    private readonly sweeper: Sweeper,
    private readonly news: OperationNewsBus,
    private readonly queues: GrantQueueAccess,
  ) {}

  /** @throws Error when a kind or task is missing or doubled: the app does not boot. */
  async onApplicationBootstrap(): Promise<void> {
    const wrong = auditRegistry({
      kinds: this.kinds.all(),
      writable: WRITABLE_FIELDS,
      workerTasks: TASKS.map(({ name }) => name),
      fieldWriters: this.writers.subjects(),
    });
    if (wrong.length > 0) {
      throw new Error(`The operations do not fit together:\n${wrong.join('\n')}`);
    }
    await this.queues.execute();
    this.#unsubscribe = this.news.subscribe(({ operationId, ended }) => {
      if (ended) {
        void this.#letNextGo(operationId);
      }
    });
    this.sweeper.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#unsubscribe?.();
    await this.sweeper.stop();
  }

  async #letNextGo(operationId: string): Promise<void> {
    try {
      const operation = await this.store.find(operationId);
      if (operation) {
        await this.dispatcher.next(operation);
      }
    } catch {
      // The sweeper finds them within seconds.
    }
  }
}
