import { DELIVERY_ATTEMPTS, MessageQueue, type Consumption } from './message-queue.js';

interface Waiting {
  readonly id: string;
  readonly message: string;
  readonly attempt: number;
}

/** For unit tests: the same promises as the Bull adapter within one process, without delays between deliveries. */
export class MemoryMessageQueue extends MessageQueue {
  readonly #waiting = new Map<string, Waiting[]>();
  readonly #known = new Map<string, Set<string>>();
  readonly #wake = new Map<string, Set<() => void>>();

  async send(queue: string, id: string, message: string): Promise<void> {
    const known = this.#of(this.#known, queue, () => new Set<string>());
    if (known.has(id)) {
      return;
    }
    known.add(id);
    this.#put(queue, { id, message, attempt: 1 });
  }

  consume(queue: string, concurrency: number, handle: (message: string) => Promise<void>): Consumption {
    const running = new Set<Promise<void>>();
    const state = { open: true };
    const pump = (): void => {
      const waiting = this.#of(this.#waiting, queue, () => []);
      while (state.open && running.size < concurrency && waiting.length > 0) {
        const next = waiting.shift()!;
        const run: Promise<void> = this.#deliver(queue, next, handle).finally(() => {
          running.delete(run);
          pump();
        });
        running.add(run);
      }
    };
    const wakers = this.#of(this.#wake, queue, () => new Set<() => void>());
    wakers.add(pump);
    queueMicrotask(pump);
    return {
      close: async () => {
        state.open = false;
        wakers.delete(pump);
        await Promise.all(running);
      },
    };
  }

  async ping(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {
    this.#wake.clear();
  }

  async #deliver(queue: string, next: Waiting, handle: (message: string) => Promise<void>): Promise<void> {
    try {
      await handle(next.message);
    } catch {
      if (next.attempt < DELIVERY_ATTEMPTS) {
        this.#put(queue, { ...next, attempt: next.attempt + 1 });
        return;
      }
    }
    this.#known.get(queue)?.delete(next.id);
  }

  #put(queue: string, waiting: Waiting): void {
    this.#of(this.#waiting, queue, () => []).push(waiting);
    for (const wake of this.#of(this.#wake, queue, () => new Set<() => void>())) {
      queueMicrotask(wake);
    }
  }

  #of<T>(map: Map<string, T>, key: string, create: () => T): T {
    let value = map.get(key);
    if (!value) {
      value = create();
      map.set(key, value);
    }
    return value;
  }
}
