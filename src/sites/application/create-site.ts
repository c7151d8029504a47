import { Injectable } from '@nestjs/common';
import type { HttpsMode } from '../../consumers/index.js';
import { RequestOperation } from '../../operations/index.js';
import type { Actor } from '../../shared/actor.js';
import { Clock } from '../../shared/clock.js';
import { parseHostname } from '../../shared/hostname.js';
import { newId } from '../../shared/ids.js';
import { UnitOfWork } from '../../shared/unit-of-work.js';
import { parseAliases, type AliasInput } from '../domain/aliases.js';
import { changedHttps, NO_HTTPS } from '../domain/hsts.js';
import { newSiteName } from '../domain/new-site-name.js';
import { siteOperation } from '../domain/site-operation.js';
import type { Site } from '../domain/site.js';
import type { SiteChanged } from './change-site.js';
import { ChoosePhpSocket } from './choose-php-socket.js';
import { PlaceSite, type Place } from './place-site.js';
import { PolicyCover } from './policy-cover.js';
import { SelfSignedCover } from './self-signed-cover.js';
import { SiteStore } from './site-store.js';

export interface CreateSiteInput {
  readonly uri: string;
  readonly platformId: string;
  readonly clientId: string;
  readonly https: HttpsMode;
  readonly hstsMaxAge?: number | null;
  readonly aliases: readonly AliasInput[];
  /** Left out or null: the server's. */
  readonly phpSocket?: string | null;
}

@Injectable()
export class CreateSite {
  constructor(
    private readonly sites: SiteStore,
    private readonly place: PlaceSite,
    private readonly choosePhpSocket: ChoosePhpSocket,
    private readonly cover: SelfSignedCover,
    private readonly policyCover: PolicyCover,
    private readonly request: RequestOperation,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * @throws DomainError HOSTNAME_INVALID, HOSTNAME_WILDCARD_NOT_ALLOWED, HOSTNAME_TAKEN, ALIAS_IS_MAIN_NAME, ID_INVALID,
   * CLIENT_NOT_FOUND, PLATFORM_NOT_FOUND, PLATFORM_NOT_READY, CERTIFICATE_NAMES_INVALID, FORBIDDEN, INPUT_INVALID,
   * PATH_INVALID, PHP_SOCKET_NOT_ALLOWED, PHP_SOCKET_MISSING, HSTS_NEEDS_HTTPS
   */
  async execute(input: CreateSiteInput, actor: Actor): Promise<SiteChanged> {
    const uri = parseHostname(input.uri);
    const place = await this.place.execute(input, actor);
    const phpSocket = await this.choosePhpSocket.execute(place.platform.id, input.phpSocket ?? null, actor);
    const site = this.#site(uri, place, phpSocket, input);
    return this.unitOfWork.run(async () => {
      await this.sites.insert(site);
      const certificate = await this.cover.ifNeeded(site);
      const operation = await this.request.execute(siteOperation('site.install', site, certificate?.id ?? null), actor);
      await this.policyCover.ifNeeded(site, actor);
      return { site, operation };
    });
  }

  #site(uri: string, { clientId, platform }: Place, phpSocket: string | null, input: CreateSiteInput): Site {
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
      ...changedHttps(NO_HTTPS, input, createdAt),
      hstsSaid: null,
      phpSocket,
      status: 'QUEUED',
      httpStatus: null,
      servedCertificate: null,
      verifiedAt: null,
      createdAt,
      names: [newSiteName(id, uri, 'MAIN', null, createdAt), ...aliases],
    };
  }
}
