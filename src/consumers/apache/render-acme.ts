import type { HttpServerSpec } from '../http-server-spec.js';
import { path, thumbprint } from '../syntax.js';
import { section } from './layout.js';

const CHALLENGES = String.raw`^/\.well-known/acme-challenge`;

/**
 * HTTP-01 (RFC 8555 §8.3) answered without state: what a CA asks for is `<token>.<thumbprint of the account key>`, and only
 * the holder of that key can make use of the answer. Another account's answer is a file, which goes first. Included in every virtual host ahead of all other rules; nothing
 * below the path is ever redirected or served from a site's files.
 */
export function renderAcme(server: HttpServerSpec): string {
  const [current] = server.acmeThumbprints.map(thumbprint);
  const nothing = [
    section(`LocationMatch "${CHALLENGES}(?:/|$)"`, ['ErrorDocument 404 "Not found"']),
    `RewriteRule "${CHALLENGES}(?:/|$)" - [R=404,L]`,
  ];
  const answer =
    current === undefined
      ? []
      : [
          section(`LocationMatch "${CHALLENGES}/(?<HLER_TOKEN>[-_A-Za-z0-9]+)$"`, [
            `ErrorDocument 200 "%{env:MATCH_HLER_TOKEN}.${current}"`,
            'Header always set Content-Type text/plain',
          ]),
          `RewriteRule "${CHALLENGES}/[-_A-Za-z0-9]+$" - [R=200,L]`,
        ];
  const { challengeDirectory = null } = server;
  const files = challengeDirectory === null ? [] : fileLines(path(challengeDirectory));
  return `${['RewriteEngine on', ...files, ...answer, ...nothing].join('\n')}\n`;
}

function fileLines(directory: string): readonly string[] {
  return [
    section(`Directory "${directory}"`, ['Options None', 'Require all granted', 'ForceType text/plain']),
    `RewriteCond "${directory}/$1" -f`,
    `RewriteRule "${CHALLENGES}/([-_A-Za-z0-9]+)$" "${directory}/$1" [L]`,
  ];
}
