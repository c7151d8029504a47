import { isIP } from 'node:net';
import type { HttpServerSpec } from '../http-server-spec.js';
import { address, port } from '../syntax.js';
import type { Scheme } from '../virtual-servers.js';

/** What Debian 13 has; older ones were not tried. */
export const OLDEST_SUPPORTED = '4.16';

/** Where each listener listens. `::` takes IPv4 as well, and both together are refused. */
export function listenerAddresses(server: HttpServerSpec, scheme: Scheme): readonly (readonly string[])[] {
  const addresses = server.addresses.map(address);
  const everywhere = addresses.includes('[::]');
  const at = port(scheme === 'http' ? server.httpPort : server.httpsPort);
  return addresses
    .filter((where) => !everywhere || where === '[::]')
    .map((where) => [`Address ${where === '*' ? '0.0.0.0' : where.replaceAll(/[[\]]/g, '')}`, `Port ${at}`]);
}

/** Networks of this machine itself. */
export function ownNetworks(server: HttpServerSpec): readonly string[] {
  const own = server.addresses.map((where) => address(where).replaceAll(/[[\]]/g, ''));
  const named = own.filter((where) => isIP(where) !== 0 && where !== '::' && where !== '0.0.0.0');
  return ['127.0.0.0/8', '::1/128', ...named.map((where) => `${where}/${isIP(where) === 4 ? 32 : 128}`)];
}
