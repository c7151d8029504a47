import { Injectable } from '@nestjs/common';
import { ClientStore } from '../../clients/index.js';
import type { HttpsMode } from '../../consumers/index.js';
import { RequestOperation } from '../../operations/index.js';
import { PlatformStore, canSeePlatform, type Platform } from '../../platforms/index.js';
import { canSeeClient, type Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseHostname } from '../../shared/hostname.js';
import { newId, parseId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { parseAliases, type AliasInput } from '../domain/aliases.js';
import { newSiteName } from '../domain/new-site-name.js';
import { siteOperation } from '../domain/site-operation.js';
import type { Site } from '../domain/site.js';
import type { SiteChanged } from './change-site.js';
import { SelfSignedCover } from './self-signed-cover.js';
import { SiteStore } from './site-store.js';

export interface CreateSiteInput {
  readonly uri: string;
  readonly platformId: string;
  readonly clientId: string;
  readonly https: HttpsMode;
  readonly aliases: readonly AliasInput[];
}

@Injectable()
export class CreateSite {
  constructor(
    private readonly sites: SiteStore,
    private readonly platforms: PlatformStore,
    private readonly clients: ClientStore,
    private readonly cover: SelfSignedCover,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws DomainError HOSTNAME_INVALID, HOSTNAME_WILDCARD_NOT_ALLOWED, HOSTNAME_TAKEN, ALIAS_IS_MAIN_NAME, ID_INVALID,
   * CLIENT_NOT_FOUND, PLATFORM_NOT_FOUND, PLATFORM_NOT_READY, CERTIFICATE_NAMES_INVALID
   */
  async execute(input: CreateSiteInput, actor: Actor): Promise<SiteChanged> {
    const uri = parseHostname(input.uri);
    const clientId = await this.#clientId(parseId(input.clientId), actor);
    const platform = await this.#platform(parseId(input.platformId), clientId, actor);
    const site = this.#site(uri, clientId, platform, input);
    return this.unitOfWork.run(async () => {
      await this.sites.insert(site);
      const certificate = await this.cover.ifNeeded(site);
      const operation = await this.request.execute(siteOperation('site.install', site, certificate?.id ?? null), actor);
      return { site, operation };
    });
  }

  async #clientId(id: string, actor: Actor): Promise<string> {
    const client = canSeeClient(actor, id) ? await this.clients.find(id) : null;
    if (!client) {
      throw new DomainError('CLIENT_NOT_FOUND', `There is no client ${id}.`);
    }
    return client.id;
  }

  async #platform(id: string, clientId: string, actor: Actor): Promise<Platform> {
    const platform = await this.platforms.find(id);
    if (!platform || !canSeePlatform(actor, platform)) {
      throw new DomainError('PLATFORM_NOT_FOUND', `There is no platform ${id}.`);
    }
    if (platform.clientId !== null && platform.clientId !== clientId) {
      throw new DomainError('PLATFORM_NOT_FOUND', `The platform ${platform.name} is another client's.`);
    }
    // One that is still being verified is fine: the site's operation waits for that.
    if (platform.status === 'LOCKED' || platform.status === 'DELETED') {
      throw new DomainError(
        'PLATFORM_NOT_READY',
        `The platform ${platform.name} takes no new sites: ${platform.status}.`,
      );
    }
    return platform;
  }

  #site(uri: string, clientId: string, platform: Platform, input: CreateSiteInput): Site {
    const id = newId();
    const createdAt = this.clock.now();
    const aliases = parseAliases(input.aliases, uri).map(({ name, redirect }) =>
      newSiteName(id, name, 'ALIAS', redirect ? uri : null, createdAt),
    );
    return {
      id,
      uri,
      platformId: platform.id,
      serverId: platform.serverId,
      clientId,
      https: input.https,
      status: 'QUEUED',
      httpStatus: null,
      servedCertificate: null,
      verifiedAt: null,
      createdAt,
      names: [newSiteName(id, uri, 'MAIN', null, createdAt), ...aliases],
    };
  }
}
