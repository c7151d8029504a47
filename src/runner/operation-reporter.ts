import type { OperationProgress } from '../operations/domain/order.js';
import type { OperationJournal } from './journal.js';

/** What the queue is given of one operation, and how to note that it has taken it. */
export interface Portion {
  readonly progress: OperationProgress;
  /** @throws when what is to be reported may not be on disk. */
  sync(): Promise<void>;
  taken(): void;
}

/**
 * Which events of one operation the queue has taken: those of its journal that it has not are given out in order, in
 * portions, for as long as it takes.
 */
export class OperationReporter {
  #sentThrough: number;
  #rewinds = 0;
  #stopped = false;
  /** Resolves whoever waits for the end of it. */
  #settle: () => void = () => undefined;

  constructor(
    private readonly journal: OperationJournal,
    /** Asks for a portion to be fetched within so many ms. */
    private readonly wake: (withinMs: number) => void,
  ) {
    this.#sentThrough = journal.relayedThrough;
  }

  /** There is more to report: it is on its way within so many ms, with what comes until then. */
  notify(withinMs: number): void {
    if (!this.#stopped) {
      this.wake(withinMs);
    }
  }

  /**
   * The control plane knows less than was sent (a queue was lost), or asks under a new attempt: go back to there.
   * @returns false when it was stopped already and will not send any more.
   */
  rewind(): boolean {
    this.#rewinds += 1;
    this.#sentThrough = this.journal.relayedThrough;
    this.notify(0);
    return !this.#stopped;
  }

  /** Whether the queue has taken everything that the journal holds. */
  get isDone(): boolean {
    return this.#sentThrough >= this.journal.lastEvent;
  }

  /** The next events, at most so many; null when there are none, or it is stopped. */
  next(limit: number): Portion | null {
    if (this.#stopped || this.isDone) {
      return null;
    }
    const { journal } = this;
    const events = journal.events.filter((event) => event.n > this.#sentThrough).slice(0, limit);
    const rewinds = this.#rewinds;
    return {
      progress: { operationId: journal.order.operationId, attempt: journal.attempt, events },
      sync: () => journal.sync(),
      taken: () => {
        // Rewound while the report was on its way: begin again from there.
        if (rewinds === this.#rewinds) {
          this.#sentThrough = events.at(-1)!.n;
        }
        if (this.isDone) {
          this.#settle();
        }
      },
    };
  }

  /** Resolves when all of a settled journal is sent, or the reporter is stopped. */
  async drained(): Promise<void> {
    if (this.isDone || this.#stopped) {
      return;
    }
    await new Promise<void>((resolve) => {
      this.#settle = resolve;
      this.wake(0);
    });
  }

  stop(): void {
    this.#stopped = true;
    this.#settle();
  }
}
