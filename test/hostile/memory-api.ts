import { readFileSync } from 'node:fs';
import { buildSchema, coerceInputValue, GraphQLInputObjectType } from 'graphql';
import type { ClientStore } from '../../src/clients/index.js';
import type { RequestOperation } from '../../src/operations/index.js';
import { CreatePlatform } from '../../src/platforms/application/create-platform.js';
import type { PlatformStore } from '../../src/platforms/application/platform-store.js';
import type { Platform } from '../../src/platforms/domain/platform.js';
import type { LocalEnrolment } from '../../src/servers/application/local-enrolment.js';
import type { QueueAccess } from '../../src/servers/application/queue-access.js';
import { RegisterServer } from '../../src/servers/application/register-server.js';
import type { ServerStore } from '../../src/servers/application/server-store.js';
import type { Server } from '../../src/servers/domain/server.js';
import type { Actor } from '../../src/shared/actor.js';
import { Clock } from '../../src/shared/clock.js';
import { DomainError } from '../../src/shared/domain-error.js';
import { newId } from '../../src/shared/ids.js';
import { UnitOfWork } from '../../src/shared/unit-of-work.js';
import { AddAlias } from '../../src/sites/application/add-alias.js';
import { ChangeSite } from '../../src/sites/application/change-site.js';
import { ChoosePhpSocket } from '../../src/sites/application/choose-php-socket.js';
import { CreateSite } from '../../src/sites/application/create-site.js';
import { PlaceSite } from '../../src/sites/application/place-site.js';
import type { PolicyCover } from '../../src/sites/application/policy-cover.js';
import type { SelfSignedCover } from '../../src/sites/application/self-signed-cover.js';
import { SetRedirect } from '../../src/sites/application/set-redirect.js';
import type { SiteStore } from '../../src/sites/application/site-store.js';
import type { Site, SiteName } from '../../src/sites/domain/site.js';

const SCHEMA = buildSchema(readFileSync(new URL('../../schema.gql', import.meta.url), 'utf8'));
const OPERATOR: Actor = { tokenId: newId(), role: 'OPERATOR', clientId: null, label: 'test' };

class Now extends Clock {
  now(): Date {
    return new Date();
  }
}

class NoTransaction extends UnitOfWork {
  run<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }
  afterCommit(): void {}
}

/**
 * What a mutation makes of its input, without a database: coerced by the schema, judged by the real use case. The stores
 * are maps, and no operation is recorded.
 */
export class MemoryApi {
  readonly clientId = newId();
  readonly #servers = new Map<string, Server>();
  readonly #platforms = new Map<string, Platform>();
  readonly #sites = new Map<string, Site>();
  readonly #registerServer;
  readonly #createPlatform;
  readonly #createSite;
  readonly #addAlias;
  readonly #setRedirect;

  constructor() {
    const [clock, unit] = [new Now(), new NoTransaction()];
    const keep = <T extends { readonly id: string }>(rows: Map<string, T>) => ({
      insert: async (row: T) => void rows.set(row.id, row),
      find: async (id: string) => rows.get(id) ?? null,
      lock: async (id: string) => rows.get(id) ?? null,
    });
    const servers = keep(this.#servers) as unknown as ServerStore;
    const platforms = keep(this.#platforms) as unknown as PlatformStore;
    const clients = { find: async (id: string) => ({ id }) } as unknown as ClientStore;
    const changeNames = (siteId: string, change: (names: readonly SiteName[]) => readonly SiteName[]): void => {
      const site = this.#sites.get(siteId)!;
      this.#sites.set(siteId, { ...site, names: change(site.names) });
    };
    const sites = {
      ...keep(this.#sites),
      insertName: async (name: SiteName) => changeNames(name.siteId, (names) => [...names, name]),
      updateName: async (id: string, change: Partial<SiteName>) => {
        const owner = [...this.#sites.values()].find(({ names }) => names.some((name) => name.id === id))!;
        changeNames(owner.id, (names) => names.map((name) => (name.id === id ? { ...name, ...change } : name)));
      },
    } as unknown as SiteStore;
    const request = { execute: async () => ({}) } as unknown as RequestOperation;
    const cover = { ifNeeded: async () => null } as unknown as SelfSignedCover;
    const policyCover = { ifNeeded: async () => undefined } as unknown as PolicyCover;
    const local = { document: () => null } as unknown as LocalEnrolment;
    const access = { grant: async () => undefined } as unknown as QueueAccess;
    const choose = new ChoosePhpSocket(platforms, servers);
    const change = new ChangeSite(sites, cover, policyCover, request, unit);
    this.#registerServer = new RegisterServer(servers, local, access, request, unit, clock);
    this.#createPlatform = new CreatePlatform(platforms, servers, clients, request, unit, clock);
    const place = new PlaceSite(platforms, clients);
    this.#createSite = new CreateSite(sites, place, choose, cover, policyCover, request, unit, clock);
    this.#addAlias = new AddAlias(change, sites, clock);
    this.#setRedirect = new SetRedirect(change, sites);
  }

  /** Everything that was made is forgotten. */
  forget(): void {
    [this.#servers, this.#platforms, this.#sites].forEach((rows) => rows.clear());
  }

  /** @throws DomainError */
  async registerServer(input: unknown): Promise<Server> {
    const { name, enrolment }: { name: string; enrolment: unknown } = coerced('RegisterServerInput', input);
    return (await this.#registerServer.execute({ name, enrolment }, OPERATOR)).server;
  }

  /** Verified, as its check would have found it. @throws DomainError */
  async createPlatform(input: unknown, version: string | null): Promise<Platform> {
    type Input = Omit<Parameters<CreatePlatform['execute']>[0], 'path'> & {
      readonly source: { readonly path: string };
    };
    const { source, ...rest }: Input = coerced('CreatePlatformInput', input);
    const { platform } = await this.#createPlatform.execute({ ...rest, path: source.path }, OPERATOR);
    const { path } = platform.source;
    const verified: Platform = { ...platform, status: 'ENABLED', realPath: path, docroot: path, version };
    this.#platforms.set(platform.id, verified);
    return verified;
  }

  /** @throws DomainError */
  async createSite(input: unknown): Promise<Site> {
    return (await this.#createSite.execute(coerced('CreateSiteInput', input), OPERATOR)).site;
  }

  /** @throws DomainError */
  async addAlias(input: unknown): Promise<void> {
    const { siteId, ...alias }: { siteId: string; name: string; redirect: boolean } = coerced('AddAliasInput', input);
    await this.#addAlias.execute(siteId, alias, OPERATOR);
  }

  /** @throws DomainError */
  async setRedirect(input: unknown): Promise<void> {
    type Input = { readonly siteId: string; readonly name: string; readonly redirectTo?: string | null };
    const { siteId, name, redirectTo }: Input = coerced('SetRedirectInput', input);
    await this.#setRedirect.execute(siteId, name, redirectTo ?? null, OPERATOR);
  }

  site(id: string): Site {
    return this.#sites.get(id)!;
  }
}

/** As the engine does it with variables. @throws DomainError INPUT_INVALID */
function coerced(type: string, input: unknown): never {
  const problems: string[] = [];
  const value = coerceInputValue(input, SCHEMA.getType(type) as GraphQLInputObjectType, (_path, _value, error) => {
    problems.push(error.message);
  });
  if (problems.length > 0) {
    throw new DomainError('INPUT_INVALID', problems.join(' '));
  }
  return value as never;
}
