import { Injectable } from '@nestjs/common';
import { hasEnded } from '../domain/operation-state.js';
import type { OperationEvent } from '../domain/operation.js';
import { OperationNewsBus } from './operation-news.js';
import { OperationStore } from './operation-store.js';

const PAGE = 500;
/** How often to look without having heard anything: news can be lost, events cannot. */
const LOOK_EVERY_MS = 2_000;

/** The history of an operation, from after a cursor to its end, as it happens. */
@Injectable()
export class WatchOperation {
  constructor(
    private readonly store: OperationStore,
    private readonly news: OperationNewsBus,
  ) {}

  /** Ends after the last event of an operation that has ended, or when `signal` aborts. Misses and repeats nothing. */
  async *events(operationId: string, after: number, signal: AbortSignal): AsyncGenerator<OperationEvent> {
    const bell = new Bell();
    const unsubscribe = this.news.subscribe((news) => {
      if (news.operationId === operationId) {
        bell.ring();
      }
    });
    const hangUp = (): void => bell.ring();
    signal.addEventListener('abort', hangUp);
    try {
      let position = after;
      while (!signal.aborted) {
        // The state is read before the events: an end that is seen has all its events behind it.
        const operation = await this.store.find(operationId);
        const events = await this.store.events(operationId, position, PAGE);
        for (const event of events) {
          position = event.position;
          yield event;
        }
        if (events.length === PAGE) {
          continue;
        }
        if (!operation || hasEnded(operation.state)) {
          return;
        }
        await bell.wait(LOOK_EVERY_MS);
      }
    } finally {
      unsubscribe();
      signal.removeEventListener('abort', hangUp);
    }
  }
}

/** Remembers one ring, so that news between two looks is not slept through. */
class Bell {
  #rung = false;
  #wake: (() => void) | null = null;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  async wait(ms: number): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#rung = false;
    this.#wake = null;
  }
}
