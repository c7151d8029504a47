/** So many at a time; the others wait in order. After `close`, those that wait are never started. */
export class Slots {
  readonly #waiting: ((go: boolean) => void)[] = [];
  #free: number;
  #open = true;

  constructor(count: number) {
    this.#free = count;
  }

  async use(work: () => Promise<void>): Promise<void> {
    if (!(await this.#take())) {
      return;
    }
    try {
      await work();
    } finally {
      this.#give();
    }
  }

  close(): void {
    this.#open = false;
    for (const start of this.#waiting.splice(0)) {
      start(false);
    }
  }

  #take(): Promise<boolean> | boolean {
    if (!this.#open) {
      return false;
    }
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  #give(): void {
    const next = this.#waiting.shift();
    if (next) {
      next(true);
    } else {
      this.#free += 1;
    }
  }
}
