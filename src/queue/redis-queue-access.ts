import { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { DomainError } from '../shared/domain-error.js';
import { later } from '../shared/failure.js';
import { runnerAcl, runnerUser } from './redis-acl.js';

/** Makes the Redis users of runners, where the control plane's own user may do that. */
export class RedisQueueAccess {
  readonly #logger = new Logger('Queue');

  constructor(private readonly redis: Redis) {}

  /** Idempotent. Where Redis refuses, the line for its administrator is in the log. @throws DomainError QUEUE_UNAVAILABLE */
  async grant(serverId: string, passwordSha256: string): Promise<void> {
    const rule = runnerAcl(serverId, passwordSha256, this.redis.options.db);
    if (this.redis.status !== 'ready') {
      throw new DomainError('QUEUE_UNAVAILABLE', 'Redis does not answer.', { retry: later(5_000) });
    }
    try {
      await this.redis.call('ACL', 'SETUSER', ...rule);
    } catch (error) {
      this.#logger.warn(
        `Redis does not let us make the user ${runnerUser(serverId)} (${String(error)}). Run there: ACL SETUSER ${rule.join(' ')}`,
      );
      return;
    }
    // Kept over a restart of Redis where it has an ACL file; where it has none, users are made again at our start.
    await this.redis.call('ACL', 'SAVE').catch(() => undefined);
  }
}
