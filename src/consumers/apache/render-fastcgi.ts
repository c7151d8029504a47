import type { HttpServerSpec } from '../http-server-spec.js';
import { section } from './layout.js';
import { port } from '../syntax.js';

/**
 * Stands for every PHP-FPM, each by its own socket: a name for what is common to them. Nothing is resolved, and nothing is
 * listened to under it.
 */
export const PHP_WORKER = 'fcgi://hler.invalid';

/** For the server as a whole. What PHP has flushed is sent (BigPipe); a pool that is down is asked anew each time, and is no other pool's fault. */
export const PHP_WORKER_LINES = section(`Proxy "${PHP_WORKER}"`, ['ProxySet flushpackets=on retry=0']);

const LONGEST_BODY = 100 * 1024 * 1024;

/**
 * What PHP is told about a request (RFC 3875), where what apache says by itself is the client's word or the master's. The host is the name
 * that chose the site, with the port as the client wrote it; the port of the server is the one that was connected to.
 */
export function renderFastcgi(server: HttpServerSpec): string {
  const lines = [
    'ProxyFCGIBackendType FPM',
    'ProxyFCGISetEnvIf "true" HTTP_HOST "%{SERVER_NAME}"',
    'ProxyFCGISetEnvIf "%{HTTP:Host} =~ /(:[0-9]+)$/" HTTP_HOST "%{SERVER_NAME}$1"',
    `ProxyFCGISetEnvIf "%{HTTPS} != 'on'" SERVER_PORT "${port(server.httpPort)}"`,
    `ProxyFCGISetEnvIf "%{HTTPS} == 'on'" SERVER_PORT "${port(server.httpsPort)}"`,
    ...['PATH', 'LD_LIBRARY_PATH', 'hler_longest_body'].map((name) => `ProxyFCGISetEnvIf "true" !${name}`),
    'ProxyTimeout 180',
    '',
    '# It would become the proxy of every request that PHP makes (httpoxy, CVE-2016-5385).',
    'RequestHeader unset Proxy early',
    '# What PHP sets is among the headers that are sent always.',
    'Header always unset X-Powered-By',
    'Header set Cache-Control "max-age=%{hler_keep}e" env=hler_keep',
    `Header set Content-Type application/octet-stream "expr=-n reqenv('hler_keep') && -z %{CONTENT_TYPE}"`,
    '',
    '# LimitRequestBody does not hold for what is passed on. A body of unknown length would be written to the disk first, to its end.',
    '# In extra.d: RewriteRule ^ - [E=hler_longest_body:<bytes, or none>]',
    'RewriteCond "%{ENV:hler_longest_body}" "^$"',
    `RewriteRule ^ - [E=hler_longest_body:${LONGEST_BODY}]`,
    `RewriteCond expr "-n req_novary('Transfer-Encoding')"`,
    'RewriteCond "%{ENV:hler_longest_body}" "!^none$"',
    'RewriteRule ^ - [R=411,L]',
    'RewriteCond "%{ENV:hler_longest_body}" "!^none$"',
    `RewriteCond expr "req_novary('Content-Length') -gt reqenv('hler_longest_body')"`,
    'RewriteRule ^ - [R=413,L]',
  ];
  return `${lines.join('\n')}\n`;
}
