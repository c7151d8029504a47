import { Redis, type RedisOptions } from 'ioredis';
import { DomainError } from '../shared/domain-error.js';
import { later } from '../shared/failure.js';
import type { Secret } from '../shared/secret.js';

/** How long a command may wait for Redis before the caller is told that it is not there. */
export const QUEUE_TIMEOUT_MS = 5_000;

/** Reconnects for ever, a few times a second: whoever waits is told by the time limit of the command, not by us. */
export function redisOptions(): RedisOptions {
  return {
    maxRetriesPerRequest: null,
    enableReadyCheck: false,
    connectTimeout: QUEUE_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(50 * times, 1_000),
  };
}

export function connectRedis(url: Secret, options: RedisOptions = {}): Redis {
  const address = options.username === undefined ? url.reveal() : withoutUser(url.reveal());
  const redis = new Redis(address, { ...redisOptions(), ...options });
  // Without a listener ioredis prints every failed reconnect; the state is told by readyz and by the callers' errors.
  redis.on('error', () => undefined);
  return redis;
}

/** ioredis takes the user of the URL rather than the one of its options. */
function withoutUser(address: string): string {
  return address.replace(/^(rediss?:\/\/)[^@/?#]*@/, '$1');
}

/** @throws DomainError QUEUE_UNAVAILABLE when Redis takes longer than anybody should wait */
export async function withinQueueTime<T>(promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new DomainError('QUEUE_UNAVAILABLE', 'Redis does not answer.', { retry: later(5_000) })),
      QUEUE_TIMEOUT_MS,
    );
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
