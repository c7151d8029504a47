import { Injectable } from '@nestjs/common';
import type { Operation, OperationKind, OperationPlan } from '../../operations/index.js';
import { ServerStore, type Server } from '../../servers/index.js';
import { DomainError } from '../../shared/domain-error.js';
import { platformCheckTask } from '../domain/platform-check-task.js';
import type { Platform } from '../domain/platform.js';
import { PlatformStore } from './platform-store.js';

interface State {
  readonly platform: Platform;
  readonly server: Server;
}

/** `platform.verify`: the code base is looked at, and takes sites when it is as it should be. */
@Injectable()
export class VerifyPlatformKind implements OperationKind<State> {
  readonly name = 'platform.verify';
  readonly tasks = ['platform.check'];
  readonly timeoutMs = 60_000;

  constructor(
    private readonly platforms: PlatformStore,
    private readonly servers: ServerStore,
  ) {}

  async load(operation: Operation): Promise<State> {
    const platform = await this.platforms.find(operation.subjectId);
    const server = platform && (await this.servers.find(platform.serverId));
    if (!platform || !server) {
      throw new DomainError('PLATFORM_NOT_FOUND', `There is no platform ${operation.subjectId} any more.`);
    }
    return { platform, server };
  }

  plan({ platform, server }: State): OperationPlan {
    return {
      writes: [{ type: 'platform', id: platform.id }],
      tasks: [platformCheckTask(platform, server, { report: true })],
    };
  }
}
