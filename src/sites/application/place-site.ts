import { Injectable } from '@nestjs/common';
import { ClientStore } from '../../clients/index.js';
import { PlatformStore, canSeePlatform, type Platform } from '../../platforms/index.js';
import { canSeeClient, type Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { parseId } from '../../shared/ids.js';

export interface Place {
  readonly clientId: string;
  readonly platform: Platform;
}

/** Decides whether a new site of a client may live on a platform. */
@Injectable()
export class PlaceSite {
  constructor(
    private readonly platforms: PlatformStore,
    private readonly clients: ClientStore,
  ) {}

  /** @throws DomainError ID_INVALID, CLIENT_NOT_FOUND, PLATFORM_NOT_FOUND, PLATFORM_NOT_READY */
  async execute(asked: { readonly clientId: string; readonly platformId: string }, actor: Actor): Promise<Place> {
    const clientId = await this.#clientId(parseId(asked.clientId), actor);
    return { clientId, platform: await this.#platform(parseId(asked.platformId), clientId, actor) };
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
}
