import { isIP } from 'node:net';
import type { SecretSource } from './secret-source.js';

/** How a name is proved (RFC 8555 §8). */
export type ChallengeMethod = { readonly type: 'http-01' } | Dns01Method;

export interface Dns01Method {
  readonly type: 'dns-01';
  /** Only for these domains and what lies below; empty: for all. */
  readonly domains: readonly string[];
  readonly writer: DnsWriterConfig;
  /** `address` or `address:port` of resolvers to ask; empty: those of the system. */
  readonly resolvers: readonly string[];
  readonly propagation: {
    /** `address[:port]` of name servers that must all have the record; empty: those of the zone, as the DNS names them. */
    readonly servers: readonly string[];
    readonly timeoutMs: number;
  };
  /** Seconds. */
  readonly ttl: number;
}

/** Whether this name, which may be a wildcard or an address, can be proved so. Pure. */
export function canProve(
  method: { readonly type: 'http-01' } | Pick<Dns01Method, 'type' | 'domains'>,
  name: string,
): boolean {
  const bare = name.replace(/^\*\./, '');
  return method.type === 'http-01'
    ? bare === name
    : isIP(name) === 0 &&
        (method.domains.length === 0 ||
          method.domains.some((domain) => bare === domain || bare.endsWith(`.${domain}`)));
}

export type DnsWriterConfig = Rfc2136Config | ExecConfig;

/** Dynamic updates (RFC 2136), signed by TSIG (RFC 8945). */
export interface Rfc2136Config {
  readonly kind: 'rfc2136';
  readonly host: string;
  readonly port: number;
  readonly tsig: { readonly keyName: string; readonly algorithm: TsigAlgorithm; readonly secret: SecretSource } | null;
}

export const TSIG_ALGORITHMS = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;
export type TsigAlgorithm = (typeof TSIG_ALGORITHMS)[number];

/**
 * A program of the operator, run as `command… present|cleanup <name.with.dot.> <value>`; the same in its environment as
 * HLER_ACME_ACTION, HLER_ACME_NAME, HLER_ACME_VALUE, HLER_ACME_ZONE. It adds or removes that one value, and leaves others be.
 */
export interface ExecConfig {
  readonly kind: 'exec';
  readonly command: readonly string[];
  readonly env: { readonly [name: string]: string };
  readonly timeoutMs: number;
}
