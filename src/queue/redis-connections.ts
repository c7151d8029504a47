import type { QueueOptions } from 'bull';
import type { Redis } from 'ioredis';
import { assertNever } from '../shared/assert-never.js';
import type { Secret } from '../shared/secret.js';
import { connectRedis, withinQueueTime } from './redis-connection.js';

/** Prefix of every key of ours in Redis, so that the server can be shared and its ACLs can name us. */
export const KEY_PREFIX = 'hler';

/** Connections to one Redis as one user, shared as far as Bull can share them: blocking reads need their own. */
export class RedisConnections {
  readonly #all = new Set<Redis>();
  readonly client: Redis;
  readonly #subscriber: Redis;

  constructor(
    private readonly url: Secret,
    private readonly credentials: { readonly username?: string; readonly password?: string } = {},
  ) {
    this.client = this.another();
    this.#subscriber = this.another();
  }

  another(): Redis {
    const redis = connectRedis(this.url, this.credentials);
    // Every queue that shares it listens to it.
    redis.setMaxListeners(0);
    this.#all.add(redis);
    return redis;
  }

  bullOptions(): QueueOptions {
    return {
      prefix: KEY_PREFIX,
      settings: { stalledInterval: 5_000 },
      createClient: (type) => {
        switch (type) {
          case 'client':
            return this.client;
          case 'subscriber':
            return this.#subscriber;
          case 'bclient':
            return this.another();
          default:
            return assertNever(type);
        }
      },
    };
  }

  /** Resolves when Redis has let us in. @throws DomainError QUEUE_UNAVAILABLE after five seconds */
  async ready(): Promise<void> {
    await withinQueueTime(this.client.ping());
  }

  close(): void {
    for (const redis of this.#all) {
      redis.disconnect();
    }
  }
}
