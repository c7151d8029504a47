import { Clock } from '../../src/shared/clock.js';

/** Time that a test owns: it stands still or runs with the machine's, and can be set and moved in both cases. */
export class VirtualClock extends Clock {
  #base: number;
  #runningSince: number | undefined;

  constructor(start: Date = new Date(), { running = false } = {}) {
    super();
    this.#base = start.getTime();
    this.#runningSince = running ? performance.now() : undefined;
  }

  /** With the machine's time, until it is told otherwise. */
  static running(start: Date = new Date()): VirtualClock {
    return new VirtualClock(start, { running: true });
  }

  now(): Date {
    return new Date(this.ms());
  }

  /** Milliseconds since the epoch. */
  ms(): number {
    return this.#base + (this.#runningSince === undefined ? 0 : Math.floor(performance.now() - this.#runningSince));
  }

  set(to: Date): void {
    this.#base = to.getTime();
    this.#runningSince &&= performance.now();
  }

  advance(ms: number): void {
    this.set(new Date(this.ms() + ms));
  }

  freeze(): void {
    this.#base = this.ms();
    this.#runningSince = undefined;
  }

  run(): void {
    this.#base = this.ms();
    this.#runningSince = performance.now();
  }
}
