import { Injectable } from '@nestjs/common';
import type { Actor } from '../../shared/actor.js';
import { parseId } from '../../shared/ids.js';
import type { Page } from '../../shared/page.js';
import type { Platform } from '../domain/platform.js';
import { canSeePlatform } from '../domain/visibility.js';
import { PlatformStore, type PlatformFilter, type PlatformScope } from './platform-store.js';

/** Platforms that the actor may see: an operator all, a client its own and those that every client may use. */
@Injectable()
export class FindPlatforms {
  constructor(private readonly platforms: PlatformStore) {}

  /** Null when there is none or it may not be seen. @throws DomainError ID_INVALID */
  async one(id: string, actor: Actor): Promise<Platform | null> {
    const platform = await this.platforms.find(parseId(id));
    return platform && canSeePlatform(actor, platform) ? platform : null;
  }

  page(filter: PlatformFilter, page: Page, actor: Actor): Promise<readonly Platform[]> {
    return this.platforms.list(filter, scope(actor), page);
  }

  count(filter: PlatformFilter, actor: Actor): Promise<number> {
    return this.platforms.count(filter, scope(actor));
  }
}

const scope = (actor: Actor): PlatformScope => (actor.role === 'OPERATOR' ? null : (actor.clientId ?? ''));
