import { fileStem } from '../file-stem.js';
import { assertNever } from '../../shared/assert-never.js';
import { isAdopted } from '../adoption.js';
import { FILE_MODE } from '../config-files.js';
import type { ConfigFile } from '../consumer.js';
import { sealDigest } from '../digest.js';
import { hstsValue } from '../hsts.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { PROBE_PATH } from '../probe.js';
import type { VhostSpec } from '../vhost-spec.js';
import { virtualServers, type Scheme, type VirtualServer, type VirtualServerAction } from '../virtual-servers.js';
import { PER_SERVER_FILE } from './adoption.js';
import { listenLines } from './dialect.js';
import { probeLines } from './digest.js';
import { applicationLines } from './render-application.js';
import { toldRedirectLines } from './render-front.js';
import { upstreamBlocks } from './render-proxy.js';
import { environmentPath, renderEnvironment } from './render-environment.js';
import { block, configDirectory, indented } from './layout.js';
import { hostname, id, path, plainHostname, spki } from '../syntax.js';

const DEFAULT_PORTS: { readonly [scheme in Scheme]: number } = { http: 80, https: 443 };

export function renderSite(site: VhostSpec, server: HttpServerSpec): readonly ConfigFile[] {
  const header = `# Site ${id(site.siteId)}. Written by Hlér; changes made here are lost.`;
  const blocks = virtualServers(site).map((virtual) => renderVirtualServer(virtual, site, server));
  if (blocks.length === 0) {
    return [];
  }
  const environment = renderEnvironment(site);
  const secrets = environment.map(({ content }) => content).join('\0');
  const content = sealDigest(`${[header, ...upstreamBlocks(site), ...blocks].join('\n\n')}\n`, secrets);
  return [...environment, { path: vhostPath(site.uri), content, mode: FILE_MODE }];
}

export function sitePaths(siteUri: string): readonly string[] {
  return [environmentPath(siteUri), vhostPath(siteUri)];
}

const vhostPath = (siteUri: string): string => `vhost.d/${fileStem(plainHostname(siteUri))}.conf`;

function renderVirtualServer(virtual: VirtualServer, site: VhostSpec, server: HttpServerSpec): string {
  return block('server', [
    ...listenLines(server, virtual.scheme),
    `server_name ${virtual.names.map(serverName).join(' ')};`,
    ...certificateLines(virtual, server),
    ...hstsLines(virtual, site),
    ...(isAdopted(server) ? [`include ${PER_SERVER_FILE};`] : []),
    'include acme.conf;',
    ...probeLines(PROBE_PATH),
    ...toldRedirectLines(server),
    ...actionLines(virtual, site, server),
  ]);
}

/**
 * nginx's own `*.example.org` spans labels, and a wildcard is one label (RFC 6125 §6.4.3): what is deeper is a stranger. Exact
 * names are found first, in a table; no two of these patterns fit the same name, so their order does not matter.
 */
function serverName(name: string): string {
  const parent = hostname(name).replace(/^\*\./, '');
  return parent === name ? name : `"~^[^.]+\\.${parent.replaceAll('.', String.raw`\.`)}$"`;
}

function certificateLines(virtual: VirtualServer, server: HttpServerSpec): readonly string[] {
  if (virtual.certificate === null) {
    return [];
  }
  const live = `${path(server.paths.tls)}/${spki(virtual.certificate)}/live`;
  return [`ssl_certificate "${live}/fullchain.pem";`, `ssl_certificate_key "${live}/privkey.pem";`];
}

/** What Drupal says of itself gives way: of two such headers the first counts (RFC 6797 §8.1). */
function hstsLines(virtual: VirtualServer, site: VhostSpec): readonly string[] {
  const lines = headerLines(virtual, site);
  return lines.length === 0 ? [] : [...lines, 'fastcgi_hide_header Strict-Transport-Security;'];
}

function headerLines(virtual: VirtualServer, site: VhostSpec): readonly string[] {
  const value = hstsValue(virtual, site);
  return value === undefined ? [] : [`add_header Strict-Transport-Security "${value}" always;`];
}

function actionLines(virtual: VirtualServer, site: VhostSpec, server: HttpServerSpec): readonly string[] {
  const { action } = virtual;
  switch (action.type) {
    case 'SERVE':
      return [extraInclude(site.uri), ...applicationLines(site, server)];
    case 'REDIRECT':
      return [`location / { return 301 ${redirectOrigin(action, server)}$request_uri; }`];
    case 'UNAVAILABLE':
      return unavailableLines(virtual, site, server);
    default:
      return assertNever(action);
  }
}

/** `$host` is safe here: the block answers for its own names only, so it is one of them (or fits one of its wildcards). */
function redirectOrigin(action: VirtualServerAction & { type: 'REDIRECT' }, server: HttpServerSpec): string {
  const port = action.scheme === 'http' ? server.httpPort : server.httpsPort;
  const host = action.host === null ? '$host' : plainHostname(action.host);
  return `${action.scheme}://${host}${port === DEFAULT_PORTS[action.scheme] ? '' : `:${port}`}`;
}

/**
 * What the administrator adds to this one site, before our own locations, so that theirs win. Never written by us; the
 * brackets make a pattern of the name, and a pattern may match nothing.
 */
const extraInclude = (siteUri: string): string => `include extra.d/${fileStem(plainHostname(siteUri))}[.]conf;`;

function unavailableLines(virtual: VirtualServer, site: VhostSpec, server: HttpServerSpec): readonly string[] {
  const page = '/.well-known/hler/unavailable';
  return [
    `error_page 503 ${page};`,
    `location = ${page} {`,
    ...indented([
      'internal;',
      `alias "${configDirectory(server)}/disabled.html";`,
      'default_type text/html;',
      'types { }',
      'add_header Retry-After 3600 always;',
      'add_header Cache-Control no-store always;',
      'add_header X-Content-Type-Options nosniff always;',
      // A location with headers of its own inherits none.
      ...headerLines(virtual, site),
    ]),
    '}',
    'location / { return 503; }',
  ];
}
