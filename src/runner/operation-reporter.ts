import { setTimeout as sleep } from 'node:timers/promises';
import type { Report } from '../operations/domain/order.js';
import type { OperationJournal } from './journal.js';

/** Events in one report: a message stays far below what Redis minds. */
const MAX_EVENTS = 200;
const RETRY_DELAYS_MS = [100, 500, 2_000, 5_000];

/**
 * Sends what the journal has and the control plane has not, in order and for as long as it takes. While a report is
 * on its way the next events gather, so a chatty task costs few messages.
 */
export class OperationReporter {
  #sentThrough: number;
  #sending: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = 0;
  #failures = 0;
  #rewinds = 0;
  readonly #stop = new AbortController();

  constructor(
    private readonly journal: OperationJournal,
    private readonly send: (report: Report) => Promise<void>,
  ) {
    this.#sentThrough = journal.relayedThrough;
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

  /** There is more to report: it is on its way within so many ms, with what comes until then. 0: at once. */
  notify(withinMs: number): void {
    const dueAt = performance.now() + withinMs;
    if (this.#stopped || (this.#timer && this.#dueAt <= dueAt)) {
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (withinMs === 0) {
      this.#start();
      return;
    }
    this.#dueAt = dueAt;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#start();
    }, withinMs);
  }

  /** Whether the queue has taken everything that the journal holds. */
  get isDone(): boolean {
    return this.#sentThrough >= this.journal.lastEvent;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#sending;
  }

  /** Resolves when all of a settled journal is sent, or the reporter is stopped. */
  async drained(): Promise<void> {
    while (!this.isDone && !this.#stopped) {
      this.#start();
      await this.#sending;
    }
  }

  #start(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = null;
      // What came between the last look and now would wait for the next event otherwise.
      if (!this.isDone && !this.#stopped) {
        this.#start();
      }
    });
  }

  get #stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  async #sendAll(): Promise<void> {
    while (!this.isDone && !this.#stopped) {
      const events = this.journal.events.filter((event) => event.n > this.#sentThrough).slice(0, MAX_EVENTS);
      const { operationId } = this.journal.order;
      try {
        const rewinds = this.#rewinds;
        await this.journal.sync();
        await this.send({ type: 'progress', operationId, attempt: this.journal.attempt, events });
        this.#failures = 0;
        // Rewound while the report was on its way: begin again from there.
        this.#sentThrough = rewinds === this.#rewinds ? events.at(-1)!.n : this.#sentThrough;
      } catch {
        const delay = RETRY_DELAYS_MS[Math.min(this.#failures, RETRY_DELAYS_MS.length - 1)];
        this.#failures += 1;
        await sleep(delay, undefined, { signal: this.#stop.signal }).catch(() => undefined);
      }
    }
  }
}
