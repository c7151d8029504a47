import type { HttpServerSpec } from '../http-server-spec.js';
import { isAtLeast } from '../is-at-least.js';
import { address, port } from '../syntax.js';

/** Before 1.19.5 there is no `-e`, before 1.19.4 no `ssl_reject_handshake`. */
export const OLDEST_SUPPORTED = '1.19.5';

/** Since 1.25.1 HTTP/2 is a directive; before, a parameter of `listen` (which newer ones still take, with a warning). */
export function hasHttp2Directive(server: HttpServerSpec): boolean {
  return server.programVersion !== null && isAtLeast(server.programVersion, '1.25.1');
}

/** The `listen` lines of a server block, one for each address. */
export function listenLines(server: HttpServerSpec, scheme: 'http' | 'https', suffix = ''): readonly string[] {
  // Behind a front there is no certificate, and nobody who would ask for one.
  if (scheme === 'https' && server.behindFront !== undefined) {
    return [];
  }
  const tls = hasHttp2Directive(server) ? ' ssl' : ' ssl http2';
  const at = port(scheme === 'http' ? server.httpPort : server.httpsPort);
  return server.addresses.map((where) => `listen ${address(where)}:${at}${scheme === 'https' ? tls : ''}${suffix};`);
}
