import type { SecretSource } from './secret-source.js';

/** A CA that speaks ACME, and the way to it. */
export interface AcmeCa {
  readonly directoryUrl: string;
  /** Roots to trust for the connection to it, beside those of the system; null for a public CA. */
  readonly caBundlePem: string | null;
  /** `http://host:port` to go through (HTTP CONNECT); null: straight. */
  readonly proxyUrl: string | null;
  /** `user:password` for the proxy, where it wants one. */
  readonly proxySecret?: SecretSource | null;
}
