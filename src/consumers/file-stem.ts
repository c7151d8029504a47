import { createHash } from 'node:crypto';

const LONGEST = 180;

/**
 * What the files of a site are named after: its main name, for people to find, unless a file system (255 bytes for a
 * name, RFC 1035: 253 for a hostname, and an ending and a draft's suffix come to it) could not take it.
 */
export function fileStem(siteUri: string): string {
  return siteUri.length <= LONGEST
    ? siteUri
    : `${siteUri.slice(0, LONGEST)}~${createHash('sha256').update(siteUri).digest('hex').slice(0, 16)}`;
}
