import type { HttpServerSpec } from '../http-server-spec.js';
import { block, NOT_FOUND } from './layout.js';
import { thumbprint } from '../syntax.js';

const CHALLENGES = String.raw`^/\.well-known/acme-challenge/`;

/**
 * HTTP-01 (RFC 8555 §8.3) answered without state: what a CA asks for is `<token>.<thumbprint of the account key>`, and only
 * the holder of that key can make use of the answer. Included in every server block as locations, which come before
 * any redirect; nothing below the path is ever redirected or served from a site's files.
 */
export function renderAcme(server: HttpServerSpec): string {
  const [current] = server.acmeThumbprints.map(thumbprint);
  const answer =
    current === undefined
      ? []
      : [
          block(`location ~ "${CHALLENGES}([-_A-Za-z0-9]+)$"`, [
            'default_type text/plain;',
            `return 200 "$1.${current}";`,
          ]),
        ];
  // `^~`: no pattern of a site's own locations can take what lies below.
  const lines = [...answer.flatMap((text) => text.split('\n')), ...NOT_FOUND];
  return `${block('location ^~ /.well-known/acme-challenge/', lines)}\n`;
}
