import type { CaaRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';

const TIMEOUT_MS = 3_000;
const TRIES = 2;

/** `NONE`: the DNS says that there is no such record. `FAILED`: it does not say. */
export type Found<T> =
  | { readonly state: 'FOUND'; readonly records: readonly T[] }
  | { readonly state: 'NONE' }
  | { readonly state: 'FAILED'; readonly code: string };

/** Asks certain name servers, or those of the system; nothing is remembered from one question to the next. */
export class DnsLookup {
  private readonly resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });

  /** `servers`: `address` or `address:port`; empty: those of the system. */
  constructor(servers: readonly string[]) {
    if (servers.length > 0) {
      this.resolver.setServers(servers.map(withBrackets));
    }
  }

  at(servers: readonly string[]): DnsLookup {
    return new DnsLookup(servers);
  }

  /** What is being asked ends now, as FAILED. */
  cancel(): void {
    this.resolver.cancel();
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

  caa(name: string): Promise<Found<CaaRecord>> {
    return this.ask((resolver) => resolver.resolveCaa(name));
  }

  async addressRecords(name: string): Promise<{ readonly a: Found<string>; readonly aaaa: Found<string> }> {
    const [a, aaaa] = await Promise.all([
      this.ask((resolver) => resolver.resolve4(name)),
      this.ask((resolver) => resolver.resolve6(name)),
    ]);
    return { a, aaaa };
  }

  /** A and AAAA. */
  async addresses(name: string): Promise<readonly string[]> {
    const { a, aaaa } = await this.addressRecords(name);
    return [a, aaaa].flatMap((found) => (found.state === 'FOUND' ? found.records : []));
  }

  private async ask<T>(question: (resolver: Resolver) => Promise<T[]>): Promise<Found<T>> {
    try {
      return { state: 'FOUND', records: await question(this.resolver) };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'UNKNOWN';
      return code === 'ENODATA' || code === 'ENOTFOUND' ? { state: 'NONE' } : { state: 'FAILED', code };
    }
  }
}

function withBrackets(server: string): string {
  return isIP(server) === 6 ? `[${server}]` : server;
}
