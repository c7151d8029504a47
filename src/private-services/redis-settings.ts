import { createHash } from 'node:crypto';
import type { Secret } from '../shared/secret.js';
import type { Durability } from './private-service.js';

export const REDIS_USER = 'hler';

export interface RedisPlaces {
  readonly dataDirectory: string;
  readonly socket: string;
  readonly aclFile: string;
}

/** No TCP port; the append-only file is the one way of persistence; a full memory refuses writes and drops nothing. */
export function redisArguments(places: RedisPlaces, durability: Durability): readonly string[] {
  return [
    ['--port', '0'],
    ['--unixsocket', places.socket],
    ['--unixsocketperm', '700'],
    ['--dir', places.dataDirectory],
    ['--aclfile', places.aclFile],
    ['--daemonize', 'no'],
    ['--save', ''],
    ['--appendonly', 'yes'],
    ['--appendfsync', durability === 'relaxed' ? 'no' : 'everysec'],
    ['--maxmemory-policy', 'noeviction'],
  ].flat();
}

/** Channels have had rights since Redis 6.2, and from 7.0 on nobody has them by default; 6.0 does not know the word. */
export function hasChannelRights(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 6 || (major === 6 && minor >= 2);
}

/**
 * The ACL file: nobody without a name, and the control plane with all rights. Other users (one for each server) are
 * kept as Redis wrote them. It holds hashes, not passwords.
 *
 * `default` can be nobody, being off and without a password, and still needs every right: as `default` Redis 7.0 replays
 * the transactions of its append-only file, and drops those that it may not run.
 */
export function mergeAclFile(existing: string, password: Secret, version: string): string {
  const hash = createHash('sha256').update(password.reveal()).digest('hex');
  const all = `allkeys${hasChannelRights(version) ? ' allchannels' : ''} allcommands`;
  const others = existing.split('\n').filter((line) => /^user \S/.test(line) && !isOurs(line));
  return [`user default off resetpass ${all}`, `user ${REDIS_USER} on #${hash} ${all}`, ...others, ''].join('\n');
}

function isOurs(line: string): boolean {
  return ['default', REDIS_USER].includes(line.split(' ')[1] ?? '');
}
