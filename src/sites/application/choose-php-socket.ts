import { Injectable } from '@nestjs/common';
import { PlatformStore } from '../../platforms/index.js';
import { ServerStore } from '../../servers/index.js';
import type { Actor } from '../../shared/actor.js';
import { DomainError } from '../../shared/domain-error.js';
import { chosenPhpSocket } from '../domain/php-socket.js';

/** Decides which PHP-FPM pool a site on a platform may have. */
@Injectable()
export class ChoosePhpSocket {
  constructor(
    private readonly platforms: PlatformStore,
    private readonly servers: ServerStore,
  ) {}

  /** @throws DomainError FORBIDDEN, INPUT_INVALID, PATH_INVALID, PHP_SOCKET_NOT_ALLOWED, PHP_SOCKET_MISSING, PLATFORM_NOT_FOUND */
  async execute(platformId: string, asked: string | null, actor: Actor): Promise<string | null> {
    const platform = await this.platforms.find(platformId);
    const server = platform && (await this.servers.find(platform.serverId));
    if (!platform || !server) {
      throw new DomainError('PLATFORM_NOT_FOUND', `There is no platform ${platformId}.`);
    }
    return chosenPhpSocket(asked, { platform, server }, actor);
  }
}
