interface Line<T> {
  readonly client: string;
  readonly items: T[];
  /** The round in which this client is served next. */
  turn: number;
}

/**
 * Serves clients in turn, however much each of them has waiting: whoever comes with one item waits for at most one item of
 * every other client, be that one's line a thousand long. Items of one client leave in the order in which they came.
 */
export class FairQueue<T> {
  readonly #lines = new Map<string, Line<T>>();
  /** Turns to come of clients whose line is empty: to leave and come back at once is not to jump the line. */
  readonly #left = new Map<string, number>();
  #round = 0;
  #size = 0;

  /** @param busy how many items of each client are being worked on already: those count as turns that it has had. */
  constructor(private readonly busy: ReadonlyMap<string, number> = new Map()) {}

  get size(): number {
    return this.#size;
  }

  push(client: string, item: T): void {
    const line = this.#lines.get(client) ?? this.#newLine(client);
    line.items.push(item);
    this.#size += 1;
  }

  /** The next item in fairness, which stays in the queue; undefined when it is empty. */
  peek(): T | undefined {
    return this.#next()?.items[0];
  }

  /** The next item in fairness, which leaves the queue; undefined when it is empty. */
  take(): T | undefined {
    const line = this.#next();
    if (line === undefined) {
      return undefined;
    }
    this.#round = line.turn;
    line.turn += 1;
    this.#size -= 1;
    const item = line.items.shift();
    // To the end of its round: those that came later in the same round go before its next item.
    this.#lines.delete(line.client);
    if (line.items.length > 0) {
      this.#lines.set(line.client, line);
    } else {
      this.#left.set(line.client, line.turn);
    }
    return item;
  }

  #next(): Line<T> | undefined {
    let next: Line<T> | undefined;
    for (const line of this.#lines.values()) {
      next = next === undefined || line.turn < next.turn ? line : next;
    }
    return next;
  }

  #newLine(client: string): Line<T> {
    const earned = this.#left.get(client) ?? this.busy.get(client) ?? 0;
    const line: Line<T> = { client, items: [], turn: Math.max(this.#round, earned) };
    this.#left.delete(client);
    this.#lines.set(client, line);
    return line;
  }
}
