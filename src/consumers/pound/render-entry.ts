import type { HttpServerSpec } from '../http-server-spec.js';
import { backendLines } from './backends.js';
import { PROBES, SELF } from './digest.js';
import { quoted, section } from './layout.js';

/** What says who the client is, and how it came: only what Pound says itself may reach a back end, whatever the case of its letters. */
const OF_PROXIES =
  '^(X-Forwarded-(Proto|Port|Host|Server|Ssl)|X-SSL-[^:]*|X-Real-IP|X-Hler-[^:]*|Forwarded|Proxy)[[:space:]]*:';

/** How one request of many headers becomes one header; Pound has then added the address of the client at its end. */
const CLIENT = '^X-Forwarded-For:(.*,)?[[:space:]]*([0-9A-Fa-f.:]+)$';

/**
 * What each listener does before the services of sites: strips what the client says of itself, keeps probes from strangers, and
 * passes challenges of ACME on to the web server, which knows their answer, ahead of every redirect.
 */
export function renderEntry(server: HttpServerSpec): string {
  const challenges = server.challenges ?? [];
  const lines = [
    // GET, HEAD, POST, PUT, PATCH, DELETE and those of WebDAV: OPTIONS is one of them.
    'xHTTP 2',
    'RewriteLocation 0',
    `DeleteHeader -icase ${quoted(OF_PROXIES)}`,
    section('Rewrite', [`Header -re -icase ${quoted(CLIENT)}`, 'SetHeader "X-Forwarded-For: $2"']),
    section('Service', [`Path -re ${quoted(PROBES)}`, `Not ACL "${SELF}"`, 'Error 404 "notfound.txt"']),
    section('Service', [
      `Path -re ${quoted(String.raw`^/\.well-known/acme-challenge(/|$)`)}`,
      ...(challenges.length === 0 ? ['Error 404 "notfound.txt"'] : backendLines(challenges)),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}
