export interface Entry {
  readonly at: number;
  readonly run: (now: number) => void;
}

/** What happens next, in the order of time and, at the same time, of its entry: a binary heap. */
export class Agenda {
  readonly #heap: (Entry & { readonly n: number })[] = [];
  #n = 0;

  get isEmpty(): boolean {
    return this.#heap.length === 0;
  }

  add(at: number, run: Entry['run']): void {
    const heap = this.#heap;
    let index = heap.push({ at, run, n: this.#n++ }) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) {
        return;
      }
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** Runs what falls due before `until`, each at its time. */
  runUntil(until: number): void {
    while (this.#heap.length > 0 && this.#heap[0]!.at < until) {
      const { at, run } = this.#take();
      run(at);
    }
  }

  #take(): Entry {
    const heap = this.#heap;
    const first = heap[0]!;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #sink(): void {
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let least = index;
      if (left < this.#heap.length && this.#before(left, least)) {
        least = left;
      }
      if (right < this.#heap.length && this.#before(right, least)) {
        least = right;
      }
      if (least === index) {
        return;
      }
      this.#swap(index, least);
      index = least;
    }
  }

  #before(one: number, other: number): boolean {
    const a = this.#heap[one]!;
    const b = this.#heap[other]!;
    return a.at < b.at || (a.at === b.at && a.n < b.n);
  }

  #swap(one: number, other: number): void {
    const heap = this.#heap;
    [heap[one], heap[other]] = [heap[other]!, heap[one]!];
  }
}
