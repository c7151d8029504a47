/** Counts what is open at once per key, up to a limit. */
export class SubscriptionSlots {
  readonly #taken = new Map<string, number>();

  constructor(private readonly max: number) {}

  /** The function that gives the slot back (once), or undefined when all are taken. */
  take(key: string): (() => void) | undefined {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= this.max) {
      return undefined;
    }
    this.#taken.set(key, taken + 1);
    let held = true;
    return () => {
      if (held) {
        held = false;
        this.giveBack(key);
      }
    };
  }

  private giveBack(key: string): void {
    const left = (this.#taken.get(key) ?? 1) - 1;
    if (left > 0) {
      this.#taken.set(key, left);
    } else {
      this.#taken.delete(key);
    }
  }
}
