import { promises as dns } from 'node:dns';
import { AcmeProblem } from '../problem.js';

export interface CaaRecord {
  readonly critical: boolean;
  readonly tag: string;
  readonly value: string;
}

/** How the CA sees DNS. No such name and no such record are an empty list. @throws AcmeProblem dns, for a server that fails */
export interface Resolver {
  /** IPv6 first. */
  addresses(name: string): Promise<readonly string[]>;
  txt(name: string): Promise<readonly string[]>;
  /** At exactly this name, CNAME followed. */
  caa(name: string): Promise<readonly CaaRecord[]>;
}

/** DNS as a test wants it. Names without an address of their own have `defaultAddress`. */
export class MapResolver implements Resolver {
  readonly hosts = new Map<string, readonly string[]>();
  readonly texts = new Map<string, readonly string[]>();
  readonly authorizations = new Map<string, readonly CaaRecord[]>();
  /** Names whose servers answer SERVFAIL. */
  readonly failing = new Set<string>();

  constructor(private readonly defaultAddress: string | undefined = '127.0.0.1') {}

  async addresses(name: string): Promise<readonly string[]> {
    this.#failIfFailing(name);
    return this.hosts.get(name) ?? (this.defaultAddress === undefined ? [] : [this.defaultAddress]);
  }

  async txt(name: string): Promise<readonly string[]> {
    this.#failIfFailing(name);
    return this.texts.get(name) ?? [];
  }

  async caa(name: string): Promise<readonly CaaRecord[]> {
    this.#failIfFailing(name);
    return this.authorizations.get(name) ?? [];
  }

  #failIfFailing(name: string): void {
    if (this.failing.has(name)) {
      throw serverFailed(name, 'SERVFAIL');
    }
  }
}

const EMPTY = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN']);
const CNAME_LIMIT = 8;

/** A real DNS server, `127.0.0.1:5353`. */
export class ServerResolver implements Resolver {
  readonly #resolver = new dns.Resolver({ timeout: 2_000, tries: 2 });

  constructor(server: string) {
    this.#resolver.setServers([server]);
  }

  async addresses(name: string): Promise<readonly string[]> {
    const [v6, v4] = await Promise.all([
      this.#ask(name, () => this.#resolver.resolve6(name)),
      this.#ask(name, () => this.#resolver.resolve4(name)),
    ]);
    return [...v6, ...v4];
  }

  async txt(name: string, hops = 0): Promise<readonly string[]> {
    const records = await this.#ask(name, () => this.#resolver.resolveTxt(name));
    if (records.length > 0 || hops === CNAME_LIMIT) {
      return records.map((parts) => parts.join(''));
    }
    const [target] = await this.#ask(name, () => this.#resolver.resolveCname(name));
    return target === undefined ? [] : this.txt(target, hops + 1);
  }

  async caa(name: string): Promise<readonly CaaRecord[]> {
    const records = await this.#ask(name, () => this.#resolver.resolveCaa(name));
    return records.map(({ critical, ...rest }) => {
      const [tag = '', value = ''] = Object.entries(rest).find(([, each]) => typeof each === 'string') ?? [];
      return { critical: critical >= 128, tag, value };
    });
  }

  async #ask<T>(name: string, question: () => Promise<readonly T[]>): Promise<readonly T[]> {
    try {
      return await question();
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      if (EMPTY.has(code)) {
        return [];
      }
      throw serverFailed(name, code);
    }
  }
}

function serverFailed(name: string, code: string): AcmeProblem {
  return new AcmeProblem(
    'dns',
    `DNS problem: ${code} looking up ${name} - the domain's nameservers may be malfunctioning`,
  );
}
