import { dispatchQueue, relayQueue } from './queue-names.js';
import { KEY_PREFIX } from './redis-connections.js';

/** What ioredis says to connect, and Bull to begin: it asks for the version of the server. */
const CONNECTION = ['ping', 'quit', 'info', 'client|setname'];

/** What Bull calls by itself to read one queue and add to another. */
const CALLS = ['evalsha', 'eval', 'multi', 'exec', 'discard', 'brpoplpush', 'hexists', 'subscribe', 'unsubscribe'];

/** What Bull's scripts call; Redis asks for the caller's permission there, too. */
const IN_SCRIPTS = [
  ['del', 'exists', 'get', 'set', 'psetex', 'pttl', 'incr', 'publish'],
  ['hdel', 'hget', 'hgetall', 'hincrby', 'hmget', 'hmset', 'hset'],
  ['lindex', 'linsert', 'llen', 'lpush', 'lrange', 'lrem', 'ltrim', 'rpoplpush', 'rpush'],
  ['sadd', 'scard', 'sismember', 'smembers', 'srem'],
  ['zadd', 'zcount', 'zrange', 'zrangebyscore', 'zrem', 'zremrangebyrank', 'zremrangebyscore'],
  ['zrevrange', 'zrevrangebyscore'],
].flat();

/** Name of the Redis user of a server's runner. */
export const runnerUser = (serverId: string): string => `server-${serverId}`;

/**
 * The rule of a runner's Redis user (ACL SETUSER): its own two queues, and of all commands the ones that Bull 4 needs
 * for them. The control plane never knows the password, only its hash.
 *
 * @param database number of the Redis database, where it is not the first one
 */
export function runnerAcl(serverId: string, passwordSha256: string, database = 0): readonly string[] {
  const queues = [dispatchQueue(serverId), relayQueue(serverId)].map((name) => `${KEY_PREFIX}:${name}:*`);
  return [
    runnerUser(serverId),
    'reset',
    'on',
    `#${passwordSha256}`,
    ...queues.map((keys) => `~${keys}`),
    ...queues.map((channels) => `&${channels}`),
    '-@all',
    ...[...CONNECTION, ...CALLS, ...IN_SCRIPTS].map((command) => `+${command}`),
    ...(database === 0 ? [] : [`+select|${database}`]),
  ];
}
