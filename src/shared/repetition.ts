/**
 * Work that is done again and again: now, and from then on every so often, but not while the time before still goes on. A time that
 * fails is told to `onError` and does not end it.
 */
export class Repetition {
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;

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
    this.#working ??= this.#work().finally(() => (this.#working = undefined));
  }

  async #work(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      this.onError(error);
    }
  }
}
