import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';

const TIMEOUT_MS = 3_000;
const TRIES = 2;

/** `NONE`: the DNS says that there is no such record. `FAILED`: it does not say. */
export type Found<T> =
  | { readonly state: 'FOUND'; readonly records: readonly T[] }
  | { readonly state: 'NONE' }
  | { readonly state: 'FAILED'; readonly code: string };

export interface CaaRecord {
  readonly critical: boolean;
  readonly tag: string;
  readonly value: string;
}

/** Asks certain name servers, or those of the system; nothing is remembered from one question to the next. */
export class DnsLookup {
  /** `servers`: `address` or `address:port`; empty: those of the system. */
  constructor(private readonly servers: readonly string[]) {}

  at(servers: readonly string[]): DnsLookup {
    return new DnsLookup(servers);
  }

  txt(name: string): Promise<Found<string>> {
    return this.ask(async (resolver) => (await resolver.resolveTxt(name)).map((parts) => parts.join('')));
  }

  cname(name: string): Promise<Found<string>> {
    return this.ask((resolver) => resolver.resolveCname(name));
  }

  ns(name: string): Promise<Found<string>> {
    return this.ask((resolver) => resolver.resolveNs(name));
  }

  hasSoa(name: string): Promise<Found<unknown>> {
    return this.ask(async (resolver) => [await resolver.resolveSoa(name)]);
  }

  ipv4(name: string): Promise<Found<string>> {
    return this.ask((resolver) => resolver.resolve4(name));
  }

  ipv6(name: string): Promise<Found<string>> {
    return this.ask((resolver) => resolver.resolve6(name));
  }

  /** RFC 8659: tag and value of each record; `critical` is the flag. */
  caa(name: string): Promise<Found<CaaRecord>> {
    return this.ask(async (resolver) =>
      (await resolver.resolveCaa(name)).flatMap(({ critical, ...properties }) =>
        Object.entries(properties).map(([tag, value]) => ({
          critical: critical !== 0,
          tag: tag.toLowerCase(),
          value,
        })),
      ),
    );
  }

  /** A and AAAA. */
  async addresses(name: string): Promise<readonly string[]> {
    const both = await Promise.all([this.ipv4(name), this.ipv6(name)]);
    return both.flatMap((found) => (found.state === 'FOUND' ? found.records : []));
  }

  private async ask<T>(question: (resolver: Resolver) => Promise<T[]>): Promise<Found<T>> {
    const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });
    if (this.servers.length > 0) {
      resolver.setServers(this.servers.map(withBrackets));
    }
    try {
      return { state: 'FOUND', records: await question(resolver) };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
      return code === 'ENODATA' || code === 'ENOTFOUND' ? { state: 'NONE' } : { state: 'FAILED', code };
    }
  }
}

function withBrackets(server: string): string {
  return isIP(server) === 6 ? `[${server}]` : server;
}
