import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../shared/clock.js';
import { DomainError, toFailure } from '../../shared/domain-error.js';
import { newId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import type { Operation } from '../domain/operation.js';
import type { SealedSecrets } from '../domain/sealed-secrets.js';
import type { PlannedTask } from '../domain/task.js';
import { EndOperation } from './end-operation.js';
import type { OperationKind, OperationPlan } from './operation-kind.js';
import { OperationKinds } from './operation-kinds.js';
import { OperationNewsBus } from './operation-news.js';
import { OperationStore } from './operation-store.js';
import { OrderSender } from './order-sender.js';

/** How many operations are planned at the same time by one process. */
const CONCURRENCY = 8;

interface Taken {
  readonly operation: Operation;
  /** Null: those that are stored. */
  readonly tasks: readonly PlannedTask[] | null;
}

/** Moves operations from the head of their lines to their runner: lock, plan, compare-and-set, commit, send. */
@Injectable()
export class Dispatcher {
  readonly #logger = new Logger('Dispatcher');
  readonly #waiting = new Set<string>();
  readonly #active = new Set<Promise<void>>();

  constructor(
    private readonly store: OperationStore,
    private readonly kinds: OperationKinds,
    private readonly sender: OrderSender,
    private readonly end: EndOperation,
    private readonly news: OperationNewsBus,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /** Tries to dispatch these soon. Returns at once; what fails is logged and tried again by the sweeper. */
  nudge(operationIds: readonly string[]): void {
    for (const id of operationIds) {
      this.#waiting.add(id);
    }
    while (this.#active.size < CONCURRENCY && this.#waiting.size > 0) {
      const worker: Promise<void> = this.#drain().finally(() => this.#active.delete(worker));
      this.#active.add(worker);
    }
  }

  /** Resolves when nothing is being dispatched by this process. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) {
      await Promise.all(this.#active);
    }
  }

  /** An operation has ended: those that waited for its subjects may go. */
  async next(ended: Operation): Promise<void> {
    this.nudge(await this.store.waitingFor(ended, 200));
  }

  /** Sends the order of an operation that is dispatched already: its message was lost, or may have been. */
  async resend(operation: Operation): Promise<void> {
    await this.#send(operation, await this.store.plannedTasks(operation.id));
  }

  async #drain(): Promise<void> {
    for (;;) {
      const [id] = this.#waiting;
      if (id === undefined) {
        return;
      }
      this.#waiting.delete(id);
      try {
        await this.dispatch(id);
      } catch (error) {
        this.#logger.warn(`Operation ${id} was not dispatched and will be tried again: ${String(error)}`);
      }
    }
  }

  /** @returns whether the operation was dispatched now. Safe to call at any time, for any operation, by any process. */
  async dispatch(id: string): Promise<boolean> {
    const taken = await this.unitOfWork.run(() => this.#take(id));
    if (!taken) {
      return false;
    }
    const { operation, tasks } = taken;
    this.news.publish({ operationId: id, ended: false });
    await this.#send(operation, tasks ?? (await this.store.plannedTasks(id)));
    if (operation.cancelRequestedAt) {
      await this.sender.send(operation.serverId, { type: 'cancel', operationId: id });
    }
    return true;
  }

  async #take(id: string): Promise<Taken | null> {
    const seen = await this.store.find(id);
    if (!seen || seen.state !== 'QUEUED') {
      return null;
    }
    await this.store.lockSubjects(seen.locks);
    const operation = await this.store.lock(id);
    if (!operation || !this.#isDue(operation) || (await this.store.countBlockers(operation)) > 0) {
      return null;
    }
    // What an earlier attempt left unfinished is gone on with by its plan.
    const plan = operation.planId === null ? await this.#plan(operation) : undefined;
    if (plan === null) {
      return null;
    }
    const now = this.clock.now();
    const change = {
      ...(plan && { planId: newId(), writes: plan.writes, onFailure: plan.onFailure ?? [] }),
      attempt: operation.attempt + 1,
      dispatchedAt: now,
      notBefore: null,
    };
    const state = 'DISPATCHED';
    const history = [{ type: 'STATE', at: now, status: state, task: null, message: null }] as const;
    await this.store.advance([{ operation, state, change, tasks: new Map(), history }]);
    return { operation: { ...operation, ...change, state }, tasks: plan?.tasks ?? null };
  }

  #isDue(operation: Operation): boolean {
    return (
      operation.state === 'QUEUED' &&
      (operation.notBefore === null || operation.notBefore.getTime() <= this.clock.now().getTime())
    );
  }

  /** A new plan, its tasks stored; null when none can be made: the operation has failed with the reason then. */
  async #plan(operation: Operation): Promise<OperationPlan | null> {
    const kind = this.kinds.get(operation.kind);
    try {
      const plan = planOf(kind, await kind.load(operation), operation);
      await this.store.replaceTasks(operation, plan.tasks);
      return plan;
    } catch (error) {
      if (!(error instanceof DomainError)) {
        throw error;
      }
      await this.end.execute(operation, 'FAILED', { ...toFailure(error), task: null });
      return null;
    }
  }

  async #send(operation: Operation, tasks: readonly PlannedTask[]): Promise<void> {
    await this.sender.send(operation.serverId, {
      type: 'run',
      operationId: operation.id,
      kind: operation.kind,
      attempt: operation.attempt,
      planId: operation.planId ?? '',
      timeoutMs: this.kinds.get(operation.kind).timeoutMs,
      tasks,
      ...(operation.sealed && { sealed: readable(operation.sealed) }),
      onFailure: operation.onFailure,
      relayedThrough: operation.relayedThrough,
    });
  }
}

/** Plans are pure: what one throws it would throw for ever, and everybody behind it would wait. It fails instead. */
function planOf(kind: OperationKind, state: unknown, operation: Operation): OperationPlan {
  try {
    return kind.plan(state, operation);
  } catch (error) {
    if (error instanceof DomainError) {
      throw error;
    }
    throw new DomainError('INTERNAL', `No plan for ${operation.kind} of ${operation.subjectLabel}: ${String(error)}`, {
      cause: error,
    });
  }
}

/** Those that are still there: one that is wiped belongs to an operation that has ended. */
function readable(sealed: SealedSecrets): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(sealed).filter((entry): entry is [string, string] => entry[1] !== null));
}
