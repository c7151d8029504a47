import { assertNever } from '../../shared/assert-never.js';
import type { ConfigFile } from '../consumer.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { PROBE_PATH } from '../probe.js';
import type { VhostApplication, VhostSpec } from '../vhost-spec.js';
import { virtualServers, type Scheme, type VirtualServer, type VirtualServerAction } from '../virtual-servers.js';
import { listenLines } from './dialect.js';
import { probeLines, sealDigest } from './digest.js';
import { block, configDirectory, FILE_MODE, indented } from './layout.js';
import { hostname, id, path, plainHostname, spki } from './syntax.js';

const DEFAULT_PORTS: { readonly [scheme in Scheme]: number } = { http: 80, https: 443 };

export function renderSite(site: VhostSpec, server: HttpServerSpec): readonly ConfigFile[] {
  const header = `# Site ${id(site.siteId)}. Written by Hlér; changes made here are lost.`;
  const blocks = virtualServers(site).map((virtual) => renderVirtualServer(virtual, site, server));
  if (blocks.length === 0) {
    return [];
  }
  const content = sealDigest(`${[header, ...blocks].join('\n\n')}\n`);
  return sitePaths(site.uri).map((file) => ({ path: file, content, mode: FILE_MODE }));
}

export function sitePaths(siteUri: string): readonly string[] {
  return [`vhost.d/${plainHostname(siteUri)}.conf`];
}

function renderVirtualServer(virtual: VirtualServer, site: VhostSpec, server: HttpServerSpec): string {
  return block('server', [
    ...listenLines(server, virtual.scheme),
    `server_name ${virtual.names.map(hostname).join(' ')};`,
    ...certificateLines(virtual, server),
    'include acme.conf;',
    ...probeLines(PROBE_PATH),
    ...actionLines(virtual.action, site.application, server),
  ]);
}

function certificateLines(virtual: VirtualServer, server: HttpServerSpec): readonly string[] {
  if (virtual.certificate === null) {
    return [];
  }
  const live = `${path(server.paths.tls)}/${spki(virtual.certificate)}/live`;
  return [`ssl_certificate "${live}/fullchain.pem";`, `ssl_certificate_key "${live}/privkey.pem";`];
}

function actionLines(
  action: VirtualServerAction,
  application: VhostApplication,
  server: HttpServerSpec,
): readonly string[] {
  switch (action.type) {
    case 'SERVE':
      return staticLines(application);
    case 'REDIRECT':
      return [`location / { return 301 ${redirectOrigin(action, server)}$request_uri; }`];
    case 'UNAVAILABLE':
      return unavailableLines(server);
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
 * Symbolic links below the document root are followed only when link and target have the same owner: platforms may be laid
 * out with links, but a tenant's link to another account's file (`/etc/…`, a neighbour's settings) leads nowhere. The root itself
 * may be reached through links. HSTS is left out on purpose: it outlives the decision to switch HTTPS off again.
 */
function staticLines(application: VhostApplication): readonly string[] {
  return [
    `root "${path(application.root)}";`,
    'index index.html;',
    'disable_symlinks if_not_owner from=$document_root;',
    'add_header X-Content-Type-Options nosniff always;',
    String.raw`location ~ "/\.(?!well-known(/|$))" { return 404; }`,
    'location / { try_files $uri $uri/ =404; }',
  ];
}

function unavailableLines(server: HttpServerSpec): readonly string[] {
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
    ]),
    '}',
    'location / { return 503; }',
  ];
}
