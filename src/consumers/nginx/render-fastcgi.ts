import type { HttpServerSpec } from '../http-server-spec.js';
import { clientScheme } from './render-front.js';

/**
 * What PHP is told about a request (RFC 3875), all of it written here: what a distribution has in its own list differs, and changes.
 * A script is found from `$realpath_root`, so that a code base behind a link is one to PHP's cache after the link has moved.
 */
const PARAMETERS: { readonly [name: string]: string } = {
  GATEWAY_INTERFACE: 'CGI/1.1',
  SERVER_SOFTWARE: 'nginx',
  REDIRECT_STATUS: '200',
  DOCUMENT_ROOT: '$realpath_root',
  SCRIPT_FILENAME: '$realpath_root$fastcgi_script_name',
  SCRIPT_NAME: '$fastcgi_script_name',
  DOCUMENT_URI: '$document_uri',
  REQUEST_URI: '$request_uri',
  REQUEST_METHOD: '$request_method',
  REQUEST_SCHEME: '$scheme',
  QUERY_STRING: '$query_string',
  CONTENT_TYPE: '$content_type',
  CONTENT_LENGTH: '$content_length',
  REMOTE_ADDR: '$remote_addr',
  REMOTE_PORT: '$remote_port',
  SERVER_ADDR: '$server_addr',
  SERVER_NAME: '$host',
  SERVER_PORT: '$server_port',
  SERVER_PROTOCOL: '$server_protocol',
  // The name that chose this site, with the port as the client wrote it. `$http_host` would be the client's word for
  // both: with an absolute request target it may name any other site (RFC 9112 §3.2.2).
  HTTP_HOST: '$host$hler_host_port',
  // A header `Proxy` would become the proxy of every request that PHP makes (httpoxy, CVE-2016-5385).
  HTTP_PROXY: '',
};

export function renderFastcgi(server: HttpServerSpec): string {
  const parameters = { ...PARAMETERS, REQUEST_SCHEME: clientScheme(server) };
  const lines = [
    ...Object.entries(parameters).map(([name, value]) => `fastcgi_param ${name} "${value}";`),
    `fastcgi_param HTTPS ${server.behindFront === undefined ? '$https' : '$hler_https'} if_not_empty;`,
    // Ours says it already; the other tells an attacker what to try.
    'fastcgi_hide_header X-Content-Type-Options;',
    'fastcgi_hide_header X-Powered-By;',
  ];
  return `${lines.join('\n')}\n`;
}
