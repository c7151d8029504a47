import { DIGEST, findDigest } from '../digest.js';
import { PROBE_DIGEST_HEADER, PROBE_PATH } from '../probe.js';
import { quoted, section } from './layout.js';

const PROBE_ANSWER = new RegExp(`SetHeader "${PROBE_DIGEST_HEADER}: ([0-9a-f]{64})"`);

/** The list of this machine's own addresses. */
export const SELF = 'hler_self';

/** Below this path requests of others end, before any site sees them. */
export const PROBES = String.raw`^/\.well-known/hler/`;

/**
 * Tells the machine itself which configuration is in force. In a header: a body would be a file, which is read at
 * the start as well, but would be one more for each site.
 */
export function probeService(hosts: readonly string[]): string {
  return section('Service', [
    // First, because it costs least: almost no request goes past it, and services are tried in turn.
    `Path -exact ${quoted(PROBE_PATH)}`,
    `ACL "${SELF}"`,
    ...hosts,
    section('Rewrite response', [`SetHeader "${PROBE_DIGEST_HEADER}: ${DIGEST}"`]),
    'Error 200 "probe.txt"',
  ]);
}

export function digestOf(files: readonly { readonly content: string }[]): string | undefined {
  return findDigest(files, PROBE_ANSWER);
}
