/** Chance that repeats: the same seed, the same draws (mulberry32). Never for keys. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d_2b_79_f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  between(low: number, high: number): number {
    return low + this.next() * (high - low);
  }

  bytes(count: number): Buffer {
    const words = Buffer.allocUnsafe(Math.ceil(count / 4) * 4);
    for (let at = 0; at < words.length; at += 4) {
      words.writeUInt32BE(this.next() * 2 ** 32, at);
    }
    return words.subarray(0, count);
  }

  /** Base64url without padding, as the tokens of RFC 8555 are. */
  token(bytes = 32): string {
    return this.bytes(bytes).toString('base64url');
  }
}
