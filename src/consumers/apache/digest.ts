import { DIGEST, findDigest } from '../digest.js';
import { PROBE_PATH } from '../probe.js';
import { section } from './layout.js';

const PROBE_ANSWER = /ErrorDocument 200 "([0-9a-f]{64})"/;
const PATTERN = `"^${PROBE_PATH.replaceAll('.', String.raw`\.`)}$"`;

/**
 * Tells the machine itself which configuration is in force; to anybody else the path is not there. A status of 200 has an "error"
 * document like any other, and it is part of the configuration: a file would change before the server has read it.
 */
export const PROBE_LINES: readonly string[] = [
  section(`Location "${PROBE_PATH}"`, [`ErrorDocument 200 "${DIGEST}"`, 'Header always set Content-Type text/plain']),
  String.raw`RewriteCond "%{REMOTE_ADDR}|%{SERVER_ADDR}" "^(?:127\.|::1\||([^|]+)\|\1$)"`,
  `RewriteRule ${PATTERN} - [R=200,L]`,
  `RewriteRule ${PATTERN} - [R=404,L]`,
];

export function digestOf(files: readonly { readonly content: string }[]): string | undefined {
  return findDigest(files, PROBE_ANSWER);
}
