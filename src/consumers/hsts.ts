import type { VhostSpec } from './vhost-spec.js';
import type { VirtualServer } from './virtual-servers.js';
import { seconds } from './syntax.js';

/**
 * The value of Strict-Transport-Security (RFC 6797), or undefined when nothing is said: over HTTPS only, and so for names that a
 * certificate covers only. Never `includeSubDomains`: a promise for names that are another site's, or nobody's yet. Never
 * `preload`: it wants the former, and takes months to be taken back.
 */
export function hstsValue({ scheme }: VirtualServer, { hstsMaxAge = null }: VhostSpec): string | undefined {
  return scheme === 'https' && hstsMaxAge !== null ? `max-age=${seconds(hstsMaxAge)}` : undefined;
}
