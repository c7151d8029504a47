import { Logger } from '@nestjs/common';
import type { CryptoKey } from 'jose';
import type { Order, RunOrder } from '../operations/domain/order.js';
import { open } from '../queue/envelope.js';
import { MessageQueue, type Consumption } from '../queue/message-queue.js';
import { MAX_HEARTBEAT_OPERATIONS, parseOrder } from '../queue/message-schemas.js';
import { CONTROL_PLANE, dispatchQueue } from '../queue/queue-names.js';
import { DomainError } from '../shared/domain-error.js';
import type { RunnerIdentity } from './identity.js';
import { OperationJournal } from './journal.js';
import type { OperationReporter } from './operation-reporter.js';
import { OperationRun } from './operation-run.js';
import { ProgressReporter } from './progress-reporter.js';
import type { ReportSender } from './report-sender.js';
import { Slots } from './slots.js';
import type { TaskRunner } from './task-runner.js';

export const HEARTBEAT_MS = 10_000;
/** Settled journals are kept longer than any order stays valid, so that an old order finds that it was done. */
const KEEP_JOURNALS_MS = 2 * 3_600_000;

interface Work {
  readonly run: OperationRun;
  readonly reporter: OperationReporter;
  readonly finished: Promise<void>;
}

export interface RunnerOptions {
  readonly journalDirectory: string;
  readonly concurrency: number;
  readonly heartbeatMs?: number;
}

/**
 * Takes the orders of one server, keeps each in a journal before it acknowledges it, works, and reports. Whatever
 * kills it, the next one goes on from the journals.
 */
export class Runner {
  readonly #logger = new Logger('Runner');
  readonly #work = new Map<string, Work>();
  /** Orders of one operation are taken one after another. */
  readonly #accepting = new Map<string, Promise<void>>();
  readonly #slots: Slots;
  readonly #progress: ProgressReporter;
  #door: Promise<unknown> = Promise.resolve();
  #consumption: Consumption | undefined;
  #heart: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(
    private readonly queue: MessageQueue,
    private readonly identity: RunnerIdentity,
    private readonly controlPlaneKey: CryptoKey,
    private readonly reports: ReportSender,
    private readonly tasks: TaskRunner,
    private readonly options: RunnerOptions,
  ) {
    this.#slots = new Slots(options.concurrency);
    this.#progress = new ProgressReporter((report) => this.reports.send(report));
  }

  async start(): Promise<void> {
    await this.#resume();
    this.#consumption = this.queue.consume(dispatchQueue(this.identity.serverId), 16, (message) =>
      this.#receive(message),
    );
    this.#heart = setInterval(() => void this.#beat(), this.options.heartbeatMs ?? HEARTBEAT_MS);
  }

  /** Lets running tasks end, starts no further ones, and leaves the rest to the next process. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearInterval(this.#heart);
    for (const { run } of this.#work.values()) {
      run.pause();
    }
    this.#slots.close();
    await this.#consumption?.close();
    await this.#progress.stop();
    await Promise.all([...this.#work.values()].map(({ finished }) => finished));
  }

  /** Orders are opened side by side and heeded in the order in which they came: a cancel never overtakes its work. */
  async #receive(message: string): Promise<void> {
    const opening = this.#open(message);
    const turn = this.#door;
    const entering = opening.then(async (order) => {
      await turn;
      return { heeded: order && this.#heed(order) };
    });
    this.#door = entering;
    await (
      await entering
    ).heeded;
  }

  /** Null when the message is refused. */
  async #open(message: string): Promise<Order | null> {
    try {
      return parseOrder(
        await open(message, {
          issuer: CONTROL_PLANE,
          audience: this.identity.serverId,
          type: 'hler-order+jwt',
          verificationKey: this.controlPlaneKey,
          decryptionKey: this.identity.decryptionKey,
        }),
      );
    } catch (error) {
      this.#logger.error(`Refused an order: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  }

  async #heed(order: Order): Promise<void> {
    if (order.type === 'cancel') {
      await this.#accepting.get(order.operationId);
      this.#work.get(order.operationId)?.run.stop('CANCELLED');
      return;
    }
    await this.#accept(order);
  }

  /** Resolves when the order is safe on disk. */
  #accept(order: RunOrder): Promise<void> {
    const before = this.#accepting.get(order.operationId) ?? Promise.resolve();
    const mine = before
      .then(() => this.#take(order))
      .finally(() => {
        if (this.#accepting.get(order.operationId) === mine) {
          this.#accepting.delete(order.operationId);
        }
      });
    this.#accepting.set(order.operationId, mine);
    return mine;
  }

  async #take(order: RunOrder): Promise<void> {
    const { operationId } = order;
    const work = this.#work.get(operationId);
    const known = work?.run.journal ?? (await this.#read(operationId));
    if (known && known.order.planId === order.planId && order.attempt >= known.attempt) {
      await this.#adopt(known, work, order);
      return;
    }
    if (!work) {
      await known?.close();
    }
    if (known && order.attempt < known.attempt) {
      this.#logger.warn(`Refused attempt ${order.attempt} of operation ${operationId}: ${known.attempt} is known.`);
      return;
    }
    // Another plan: the control plane plans again only after the attempt before it has been settled.
    await work?.finished;
    this.#begin(await OperationJournal.create(this.options.journalDirectory, order));
  }

  async #adopt(journal: OperationJournal, work: Work | undefined, order: RunOrder): Promise<void> {
    await journal.adopt(order.attempt, order.relayedThrough);
    if (!work) {
      this.#begin(journal);
      return;
    }
    if (!work.reporter.rewind()) {
      // It was being put away at that moment: take it out again.
      await work.finished;
      const again = await this.#read(order.operationId);
      if (again) {
        this.#begin(again);
      }
    }
  }

  #read(operationId: string): Promise<OperationJournal | null> {
    return OperationJournal.read(this.options.journalDirectory, operationId);
  }

  #begin(journal: OperationJournal): void {
    const { operationId } = journal.order;
    const reporter = this.#progress.follow(journal);
    const run = new OperationRun(journal, this.tasks, (withinMs) => reporter.notify(withinMs));
    const finished = this.#finish(run, reporter).finally(() => this.#work.delete(operationId));
    this.#work.set(operationId, { run, reporter, finished });
  }

  async #finish(run: OperationRun, reporter: OperationReporter): Promise<void> {
    try {
      await this.#slots.use(() => run.execute());
      if (run.journal.settled) {
        await reporter.drained();
      }
      await this.#progress.leave(reporter);
      if (run.journal.settled && reporter.isDone) {
        await run.journal.allReported();
      }
    } catch (error) {
      // The journal could not be written: nothing more is promised; the lease runs out and the order comes again.
      this.#logger.error(`Operation ${run.journal.order.operationId} stopped: ${describe(error)}`);
    } finally {
      await this.#progress.leave(reporter);
      await run.journal.close().catch(() => undefined);
    }
  }

  async #resume(): Promise<void> {
    const { journalDirectory } = this.options;
    await OperationJournal.sweep(journalDirectory, KEEP_JOURNALS_MS, new Set());
    for (const operationId of await OperationJournal.list(journalDirectory)) {
      const journal = await this.#read(operationId);
      if (journal?.reported) {
        await journal.close();
      } else if (journal) {
        this.#begin(journal);
      }
    }
  }

  async #beat(): Promise<void> {
    const operations = [...this.#work.values()].map(({ run }) => ({
      id: run.journal.order.operationId,
      attempt: run.journal.attempt,
    }));
    try {
      // One at least: without work, it is the sign of life.
      for (let from = 0; from === 0 || from < operations.length; from += MAX_HEARTBEAT_OPERATIONS) {
        const some = operations.slice(from, from + MAX_HEARTBEAT_OPERATIONS);
        await this.reports.send({ type: 'heartbeat', operations: some });
      }
      await OperationJournal.sweep(this.options.journalDirectory, KEEP_JOURNALS_MS, new Set(this.#work.keys()));
    } catch (error) {
      if (!this.#stopping) {
        this.#logger.warn(`No heartbeat could be sent: ${describe(error)}`);
      }
    }
  }
}

function describe(error: unknown): string {
  return error instanceof DomainError ? error.message : String(error);
}
