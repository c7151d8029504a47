import type { HttpServerSpec } from '../http-server-spec.js';
import { block } from './layout.js';
import { networkAddress } from '../syntax.js';

/** What a front says of a request, for the server as a whole: believed from its addresses, and from nobody else. */
export function frontLines({ behindFront }: HttpServerSpec): readonly string[] {
  if (behindFront === undefined) {
    return [];
  }
  const proxies = behindFront.trustedProxies.map(networkAddress);
  return [
    '# Who the client is, and how it came, is for the TLS front to say.',
    ...proxies.map((address) => `set_real_ip_from ${address};`),
    'real_ip_header X-Forwarded-For;',
    ...block('geo $realip_remote_addr $hler_from_front', [
      'default 0;',
      ...proxies.map((address) => `${address} 1;`),
    ]).split('\n'),
    ...block('map "$hler_from_front|$http_x_forwarded_proto" $hler_scheme', [
      'default http;',
      '"1|https" https;',
    ]).split('\n'),
    ...block('map $hler_scheme $hler_https', ['default "";', 'https on;']).split('\n'),
    ...block('map "$hler_from_front|$http_x_hler_redirect" $hler_redirect', [
      'default "";',
      String.raw`"~^1\|(?<hler_origin>https?://[A-Za-z0-9.:-]+)$" $hler_origin;`,
    ]).split('\n'),
    '',
  ];
}

/** For one site: what the front would have redirected, had it not been for a sign that it cannot write. */
export function toldRedirectLines({ behindFront }: HttpServerSpec): readonly string[] {
  return behindFront === undefined ? [] : ['if ($hler_redirect != "") { return 301 $hler_redirect$request_uri; }'];
}

/** The scheme as the client sees it. */
export const clientScheme = ({ behindFront }: HttpServerSpec): string =>
  behindFront === undefined ? '$scheme' : '$hler_scheme';
