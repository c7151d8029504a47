import type { HttpServerSpec } from '../http-server-spec.js';
import { block, NOT_FOUND } from './layout.js';
import { path, thumbprint } from '../syntax.js';

const CHALLENGES = String.raw`^/\.well-known/acme-challenge/`;
const BY_LINE = '@hler_challenge';

/**
 * HTTP-01 (RFC 8555 §8.3) answered without state: what a CA asks for is `<token>.<thumbprint of the account key>`, and only
 * the holder of that key can make use of the answer. Another account's answer is a file, which goes first. Included in every server block as locations, which come before
 * any redirect; nothing below the path is ever redirected or served from a site's files.
 */
export function renderAcme(server: HttpServerSpec): string {
  const [current] = server.acmeThumbprints.map(thumbprint);
  const answer =
    current === undefined ? NOT_FOUND : ['default_type text/plain;', `return 200 "$hler_token.${current}";`];
  const directory = server.challengeDirectory ?? null;
  const byFile =
    directory === null
      ? answer
      : ['default_type text/plain;', `root "${path(directory)}";`, `try_files /$hler_token ${BY_LINE};`];
  const token = block(`location ~ "${CHALLENGES}(?<hler_token>[-_A-Za-z0-9]+)$"`, byFile);
  // `^~`: no pattern of a site's own locations can take what lies below.
  const all = block('location ^~ /.well-known/acme-challenge/', [...token.split('\n'), ...NOT_FOUND]);
  return `${[all, ...(directory === null ? [] : [block(`location ${BY_LINE}`, answer)])].join('\n')}\n`;
}
