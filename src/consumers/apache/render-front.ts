import type { HttpServerSpec } from '../http-server-spec.js';
import { networkAddress } from '../syntax.js';

/** What a front says of a request, for the server as a whole: believed from its addresses, and from nobody else. */
export function frontLines({ behindFront }: HttpServerSpec): readonly string[] {
  if (behindFront === undefined) {
    return [];
  }
  const proxies = behindFront.trustedProxies.map(networkAddress);
  const list = proxies.map((address) => `'${address}'`).join(', ');
  return [
    '',
    '# Who the client is, and how it came, is for the TLS front to say.',
    'RemoteIPHeader X-Forwarded-For',
    ...proxies.map((address) => `RemoteIPInternalProxy ${address}`),
    `SetEnvIfExpr "%{CONN_REMOTE_ADDR} in { ${list} } && %{HTTP:X-Forwarded-Proto} == 'https'" HTTPS=on`,
  ];
}

/** For one site: what the front would have redirected, had it not been for a sign that it cannot write. */
export function toldRedirectLines({ behindFront }: HttpServerSpec): readonly string[] {
  if (behindFront === undefined) {
    return [];
  }
  const proxies = behindFront.trustedProxies.map((address) => networkAddress(address).replaceAll('.', String.raw`\.`));
  return [
    `RewriteCond "%{CONN_REMOTE_ADDR}" "^(?:${proxies.join('|')})$"`,
    String.raw`RewriteCond "%{HTTP:X-Hler-Redirect} %{THE_REQUEST}" "^(https?://[A-Za-z0-9.:-]+) \S+ (/[^?\s#]*)"`,
    'RewriteRule ^ "%1%2" [R=301,NE,L]',
  ];
}
