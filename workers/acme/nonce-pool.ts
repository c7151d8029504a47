const MOST = 64;
const LIFE_MS = 60_000;

/**
 * Nonces that a CA has given out and nobody has used (RFC 8555 §6.5), the newest first, as it is the likeliest to be good
 * still. It halves the number of requests. Each nonce is handed out once.
 */
export class NoncePool {
  private readonly nonces: { readonly nonce: string; readonly at: number }[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  put(nonce: string | undefined): void {
    if (nonce === undefined || !/^[A-Za-z0-9_-]+$/.test(nonce)) {
      return;
    }
    this.nonces.push({ nonce, at: this.now() });
    if (this.nonces.length > MOST) {
      this.nonces.shift();
    }
  }

  take(): string | undefined {
    const newest = this.nonces.pop();
    if (newest === undefined || this.now() - newest.at <= LIFE_MS) {
      return newest?.nonce;
    }
    // What lies below is older.
    this.nonces.length = 0;
    return undefined;
  }
}
