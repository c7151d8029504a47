import { dispatchQueue, RELAY_QUEUE } from './queue-names.js';
import { KEY_PREFIX } from './redis-connections.js';

/** Name of the Redis user of a server's runner. */
export const runnerUser = (serverId: string): string => `server-${serverId}`;

/**
 * The rule of a runner's Redis user (ACL SETUSER): its own dispatch queue, the relay queue to put reports into, nothing
 * else; no administration, no look at other keys. The control plane never knows the password, only its hash.
 */
export function runnerAcl(serverId: string, passwordSha256: string): readonly string[] {
  const dispatch = `${KEY_PREFIX}:${dispatchQueue(serverId)}`;
  const relay = `${KEY_PREFIX}:${RELAY_QUEUE}`;
  return [
    runnerUser(serverId),
    'reset',
    'on',
    `#${passwordSha256}`,
    `~${dispatch}:*`,
    `~${relay}:*`,
    `&${dispatch}:*`,
    `&${relay}:*`,
    '+@all',
    '-@admin',
    '-@dangerous',
    // Names of keys say who works on what.
    '-scan',
    '-randomkey',
    // What Bull needs of the dangerous ones: it asks for the version of the server.
    '+info',
    '+client|setname',
  ];
}
