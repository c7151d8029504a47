import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { NEVER } from '../../shared/failure.js';
import { Repetition } from '../../shared/repetition.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import type { Operation } from '../domain/operation.js';
import { hasEnded } from '../domain/operation-state.js';
import { Dispatcher } from './dispatcher.js';
import { EndOperation } from './end-operation.js';
import { OperationStore } from './operation-store.js';
import { OrderSender } from './order-sender.js';

/** How often the sweeper looks. */
export const SWEEP_EVERY_MS = 5_000;
/** After how long without a sign from the runner an order is sent once more. */
const UNHEARD_MS = 15_000;
/** How many attempts a lost runner may cost before the operation is given up. */
const MAX_LOST_ATTEMPTS = 5;
const BATCH = 200;
const STOPS_THE_SWEEP: readonly string[] = ['QUEUE_UNAVAILABLE', 'DATABASE_UNAVAILABLE'];

/**
 * Finds what fell between two stools and puts it back on the way: committed but not queued, queued but lost by Redis,
 * running on a runner that is gone, asked to cancel but not told. Any number of processes may sweep at once.
 */
@Injectable()
export class Sweeper {
  readonly #logger = new Logger('Sweeper');
  readonly #sweeps = new Repetition(
    () => this.sweep(),
    (error) => {
      this.#logger.warn(`A sweep did not finish and will be repeated: ${String(error)}`);
    },
  );

  constructor(
    private readonly store: OperationStore,
    private readonly dispatcher: Dispatcher,
    private readonly sender: OrderSender,
    private readonly end: EndOperation,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  start(everyMs: number = SWEEP_EVERY_MS): void {
    this.#sweeps.start(everyMs);
  }

  async stop(): Promise<void> {
    await this.#sweeps.stop();
    await this.dispatcher.idle();
  }

  async sweep(): Promise<void> {
    const now = this.clock.now();
    const aWhileAgo = new Date(now.getTime() - UNHEARD_MS);
    for (const id of await this.store.leaseExpired(now, BATCH)) {
      await this.#each(id, () => this.unitOfWork.run(() => this.#takeBack(id)));
    }
    this.dispatcher.nudge(await this.store.due(now, BATCH));
    for (const operation of await this.store.unheard(aWhileAgo, BATCH)) {
      await this.#each(operation.id, () => this.dispatcher.resend(operation));
    }
    for (const { id, serverId } of await this.store.cancelPending(aWhileAgo, BATCH)) {
      await this.#each(id, () => this.sender.send(serverId, { type: 'cancel', operationId: id }));
    }
  }

  /** One operation that cannot be helped does not keep the others from it; a missing queue or database does. */
  async #each(id: string, help: () => Promise<void>): Promise<void> {
    try {
      await help();
    } catch (error) {
      if (error instanceof DomainError && STOPS_THE_SWEEP.includes(error.code)) {
        throw error;
      }
      this.#logger.error(`Operation ${id} could not be put back on its way: ${String(error)}`);
    }
  }

  /** A runner has gone silent: its operation goes back to the head of the line, with its plan and journal. */
  async #takeBack(id: string): Promise<void> {
    const operation = await this.store.lock(id);
    if (!operation || hasEnded(operation.state) || operation.state === 'QUEUED' || !this.#isExpired(operation)) {
      return;
    }
    if (operation.attempt >= MAX_LOST_ATTEMPTS) {
      await this.end.execute(operation, 'TIMED_OUT', {
        code: 'RUNNER_LOST',
        summary: `The runner was lost ${operation.attempt} times while it worked on ${operation.subjectLabel}.`,
        hint: 'Look at the runner on that server, then retry the operation: it goes on from what was finished.',
        retry: NEVER,
        task: null,
      });
      return;
    }
    const message = 'The runner went silent; it is asked again.';
    await this.store.advance([
      {
        operation,
        state: 'QUEUED',
        change: { leaseUntil: null },
        tasks: new Map(),
        history: [{ type: 'STATE', at: this.clock.now(), status: 'QUEUED', task: null, message }],
      },
    ]);
  }

  #isExpired(operation: Operation): boolean {
    return operation.leaseUntil !== null && operation.leaseUntil.getTime() < this.clock.now().getTime();
  }
}
