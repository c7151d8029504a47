import type { HttpServerSpec } from '../http-server-spec.js';
import { isAtLeast } from '../is-at-least.js';
import { address, port } from '../syntax.js';
import type { Scheme } from '../virtual-servers.js';

/** Before 2.4.42 the TLS version is that of the default virtual host; 2.4.52 is what the oldest supported systems have. */
export const OLDEST_SUPPORTED = '2.4.52';

/** `Listen`, one line for each address. */
export function listenLines(server: HttpServerSpec): readonly string[] {
  return [server.httpPort, server.httpsPort].flatMap((at) =>
    server.addresses.map((where) => `Listen ${address(where)}:${port(at)}`),
  );
}

/** The opening tag of a virtual host. `*` stands for IPv6 as well, which `[::]` would not in this place. */
export function virtualHost(server: HttpServerSpec, scheme: Scheme): string {
  const at = port(scheme === 'http' ? server.httpPort : server.httpsPort);
  const addresses = server.addresses.map(address);
  const everywhere = addresses.some((where) => where === '*' || where === '[::]');
  return `VirtualHost ${(everywhere ? ['*'] : addresses).map((where) => `${where}:${at}`).join(' ')}`;
}

/** Since 2.4.60 a substitution with `?` is refused for a request with `%3f`, unless this is said: ours passes it on as it came. */
export function rawRedirectFlags(server: HttpServerSpec): string {
  const { programVersion } = server;
  return programVersion !== null && isAtLeast(programVersion, '2.4.60') ? 'R=301,NE,L,UnsafeAllow3F' : 'R=301,NE,L';
}
