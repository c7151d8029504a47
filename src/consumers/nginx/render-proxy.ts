import { DomainError } from '../../shared/domain-error.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { backendAddress, id, path, plainHostname, port } from '../syntax.js';
import type { Backend, ProxyApplication, VhostSpec } from '../vhost-spec.js';
import { block } from './layout.js';
import { clientScheme } from './render-front.js';

/** What Debian keeps the authorities in that it trusts. */
const SYSTEM_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
const ANSWER_WITHIN_S = 180;

const upstream = (siteId: string): string => `hler_${id(siteId)}`;

/** The back ends of a site, outside of its server blocks. */
export function upstreamBlocks({ application, siteId }: VhostSpec): readonly string[] {
  if (application.type !== 'PROXY') {
    return [];
  }
  const servers = application.backends.map((each) => `server ${backendAddress(each.address)}:${port(each.port)};`);
  return [block(`upstream ${upstream(siteId)}`, servers)];
}

/**
 * Passes requests on, with what the client says of itself replaced by what is true. A back end over HTTPS is verified by each connection.
 * @throws DomainError INPUT_INVALID when back ends of one site are to be spoken to in different ways
 */
export function proxyLines(
  { siteId, uri }: VhostSpec,
  { backends }: ProxyApplication,
  server: HttpServerSpec,
): readonly string[] {
  const [first] = backends;
  if (first === undefined || backends.some(({ https }) => JSON.stringify(https) !== JSON.stringify(first.https))) {
    throw new DomainError('INPUT_INVALID', `The back ends of ${uri} must all be plain HTTP, or have one certificate.`, {
      details: { field: 'application.backends' },
    });
  }
  return block('location /', [
    'proxy_http_version 1.1;',
    'proxy_set_header Host $host$hler_host_port;',
    'proxy_set_header Connection "";',
    'proxy_set_header X-Forwarded-For $remote_addr;',
    `proxy_set_header X-Forwarded-Proto ${clientScheme(server)};`,
    ...['Forwarded', 'Proxy', 'X-Hler-Redirect', 'X-Real-IP'].map((name) => `proxy_set_header ${name} "";`),
    `proxy_read_timeout ${ANSWER_WITHIN_S}s;`,
    'proxy_redirect off;',
    ...verificationLines(first.https),
    `proxy_pass ${first.https === null ? 'http' : 'https'}://${upstream(siteId)};`,
  ]).split('\n');
}

function verificationLines(https: Backend['https']): readonly string[] {
  return https === null
    ? []
    : [
        'proxy_ssl_server_name on;',
        `proxy_ssl_name "${plainHostname(https.serverName)}";`,
        'proxy_ssl_verify on;',
        'proxy_ssl_verify_depth 4;',
        `proxy_ssl_trusted_certificate "${path(https.caFile ?? SYSTEM_AUTHORITIES)}";`,
      ];
}
