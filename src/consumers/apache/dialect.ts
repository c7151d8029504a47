import type { HttpServerSpec } from '../http-server-spec.js';
import { address, port } from '../syntax.js';
import type { Scheme } from '../virtual-servers.js';

/** Before 2.4.42 the TLS version is that of the default virtual host; 2.4.52 is what the oldest supported systems have. */
export const OLDEST_SUPPORTED = '2.4.52';

/** `Listen`, one line for each address. */
export function listenLines(server: HttpServerSpec): readonly string[] {
  // Behind a front there is no certificate, and nobody who would ask for one.
  const ports = server.behindFront === undefined ? [server.httpPort, server.httpsPort] : [server.httpPort];
  return ports.flatMap((at) => server.addresses.map((where) => `Listen ${address(where)}:${port(at)}`));
}

/** The opening tag of a virtual host. `*` stands for IPv6 as well, which `[::]` would not in this place. */
export function virtualHost(server: HttpServerSpec, scheme: Scheme): string {
  const at = port(scheme === 'http' ? server.httpPort : server.httpsPort);
  const addresses = server.addresses.map(address);
  const everywhere = addresses.some((where) => where === '*' || where === '[::]');
  return `VirtualHost ${(everywhere ? ['*'] : addresses).map((where) => `${where}:${at}`).join(' ')}`;
}
