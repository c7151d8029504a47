import type { Random } from '../random.js';

const LIMIT = 50_000;

/** Handed out once, taken once. The oldest are forgotten when there are too many. */
export class Nonces {
  readonly #open = new Set<string>();

  constructor(private readonly random: Random) {}

  make(): string {
    const nonce = this.random.token(16);
    this.#open.add(nonce);
    if (this.#open.size > LIMIT) {
      const [oldest = ''] = this.#open;
      this.#open.delete(oldest);
    }
    return nonce;
  }

  /** Whether it was good. It is not any more. */
  take(nonce: string): boolean {
    return this.#open.delete(nonce);
  }
}
