/**
 * Work that is done again and again, one time after another: now, and from then on every so often. A time that fails is told to
 * `onError` and does not end it.
 */
export class Repetition {
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();

  constructor(
    private readonly work: () => Promise<unknown>,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(everyMs: number): void {
    this.#timer = setInterval(() => this.#once(), everyMs);
    this.#once();
  }

  /** Resolves when the time that was going on has ended. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#working;
  }

  #once(): void {
    this.#working = this.#after(this.#working);
  }

  async #after(before: Promise<void>): Promise<void> {
    await before;
    try {
      await this.work();
    } catch (error) {
      this.onError(error);
    }
  }
}
