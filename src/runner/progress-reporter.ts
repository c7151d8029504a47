import type { ProgressReport } from '../operations/domain/order.js';
import type { OperationJournal } from './journal.js';
import { OperationReporter, type Portion } from './operation-reporter.js';

/** Events in one report: a message stays far below what Redis minds, and a transaction what the database does. */
const MAX_EVENTS = 200;
/** Between two reports: with one operation under way nobody notices, with fifty they share their messages. */
const GAP_MS = 25;
const RETRY_DELAYS_MS = [100, 500, 2_000, 5_000];
const NEVER = Number.POSITIVE_INFINITY;

/**
 * Sends the news of all operations of a server, together: each report holds whatever its operations have to say at that
 * moment, so that the price of a message (sealing, queue, transaction) is shared the more the busier the server is.
 */
export class ProgressReporter {
  readonly #operations = new Set<OperationReporter>();
  readonly #stop = new AbortController();
  #pass: Promise<void> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = NEVER;
  /** No report before this time, whoever has news: the gap between two of them, or the delay after a failure. */
  #notBefore = 0;
  #failures = 0;

  constructor(private readonly send: (report: ProgressReport) => Promise<void>) {}

  /** Reports of this operation from now on, until `leave`. */
  follow(journal: OperationJournal): OperationReporter {
    const operation = new OperationReporter(journal, (withinMs) => this.#wake(withinMs));
    this.#operations.add(operation);
    return operation;
  }

  /** Resolves when nothing of it is on its way any more: its journal may be closed. */
  async leave(operation: OperationReporter): Promise<void> {
    operation.stop();
    this.#operations.delete(operation);
    await this.#pass;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    for (const operation of this.#operations) {
      operation.stop();
    }
    await this.#pass;
  }

  #wake(withinMs: number): void {
    const dueAt = performance.now() + withinMs;
    if (dueAt < this.#dueAt) {
      this.#dueAt = dueAt;
      this.#schedule();
    }
  }

  /** One report at a time: what comes meanwhile gathers for the next. */
  #schedule(): void {
    if (this.#pass || this.#dueAt === NEVER || this.#stop.signal.aborted) {
      return;
    }
    clearTimeout(this.#timer);
    const waitMs = Math.max(this.#dueAt, this.#notBefore) - performance.now();
    if (waitMs > 0) {
      this.#timer = setTimeout(() => this.#start(), waitMs);
    } else {
      this.#start();
    }
  }

  #start(): void {
    this.#dueAt = NEVER;
    this.#pass = this.#sendOnce().finally(() => {
      this.#pass = null;
      this.#schedule();
    });
  }

  async #sendOnce(): Promise<void> {
    const portions = this.#portions();
    if (portions.length === 0) {
      return;
    }
    const sent = await this.#sendThose(await onDisk(portions));
    if (sent.length < portions.length) {
      this.#notBefore = performance.now() + RETRY_DELAYS_MS[Math.min(this.#failures, RETRY_DELAYS_MS.length - 1)]!;
      this.#failures += 1;
      this.#wake(0);
      return;
    }
    this.#failures = 0;
    this.#notBefore = performance.now() + GAP_MS;
    if (eventsIn(portions) >= MAX_EVENTS) {
      this.#wake(0);
    }
  }

  /** @returns those that the queue has taken: all or none. */
  async #sendThose(portions: readonly Portion[]): Promise<readonly Portion[]> {
    try {
      if (portions.length > 0) {
        await this.send({ type: 'progress', operations: portions.map(({ progress }) => progress) });
      }
    } catch {
      return [];
    }
    for (const portion of portions) {
      portion.taken();
    }
    return portions;
  }

  /** Whoever was cut short or left out stands first the next time. */
  #portions(): readonly Portion[] {
    const portions: Portion[] = [];
    let room = MAX_EVENTS;
    const inTurn = [...this.#operations];
    for (const operation of inTurn) {
      const portion = room > 0 ? operation.next(room) : null;
      if (portion) {
        portions.push(portion);
        room -= portion.progress.events.length;
        this.#operations.delete(operation);
        this.#operations.add(operation);
      }
    }
    return portions;
  }
}

/** One journal that cannot be written says nothing against the others. */
async function onDisk(portions: readonly Portion[]): Promise<readonly Portion[]> {
  const synced = await Promise.allSettled(portions.map((portion) => portion.sync()));
  return portions.filter((_, index) => synced[index]?.status === 'fulfilled');
}

function eventsIn(portions: readonly Portion[]): number {
  return portions.reduce((sum, { progress }) => sum + progress.events.length, 0);
}
