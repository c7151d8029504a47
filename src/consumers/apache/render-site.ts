import { assertNever } from '../../shared/assert-never.js';
import { isAdopted } from '../adoption.js';
import { FILE_MODE } from '../config-files.js';
import type { ConfigFile } from '../consumer.js';
import { sealDigest } from '../digest.js';
import { fileStem } from '../file-stem.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { DEFAULT_SERVER_NAME } from '../probe.js';
import { hostname, id, path, plainHostname, spki } from '../syntax.js';
import type { VhostSpec } from '../vhost-spec.js';
import { virtualServers, type Scheme, type VirtualServer, type VirtualServerAction } from '../virtual-servers.js';
import { PER_SERVER_FILE } from './adoption.js';
import { virtualHost } from './dialect.js';
import { PROBE_LINES } from './digest.js';
import { configDirectory, section } from './layout.js';
import { certificateLines } from './placeholder.js';
import { applicationLines } from './render-application.js';

const DEFAULT_PORTS: { readonly [scheme in Scheme]: number } = { http: 80, https: 443 };
const BETWEEN_FILES = '\0';

/** Exact names and wildcards in a file each, with one digest over both. */
export function renderSite(site: VhostSpec, server: HttpServerSpec): readonly ConfigFile[] {
  const header = `# Site ${id(site.siteId)}. Written by Hlér; changes made here are lost.`;
  const all = virtualServers(site);
  const texts = [all.flatMap(exactNames), deepestFirst(all.flatMap(wildcards))].map((part) => {
    const blocks = part.map((virtual) => renderVirtualServer(virtual, site, server));
    return blocks.length === 0 ? '' : `${[header, ...blocks].join('\n\n')}\n`;
  });
  const contents = sealDigest(texts.join(BETWEEN_FILES)).split(BETWEEN_FILES);
  return sitePaths(site.uri)
    .map((file, index) => ({ path: file, content: contents[index] ?? '', mode: FILE_MODE }))
    .filter(({ content }) => content !== '');
}

export function sitePaths(siteUri: string): readonly string[] {
  const name = fileStem(plainHostname(siteUri));
  return [`vhost.d/${name}.conf`, `wildcard.d/${name}.conf`];
}

function exactNames(virtual: VirtualServer): readonly VirtualServer[] {
  return withNames(
    virtual,
    virtual.names.filter((name) => !name.startsWith('*')),
  );
}

/** The deeper a wildcard, the earlier: the first that fits answers. */
function wildcards(virtual: VirtualServer): readonly VirtualServer[] {
  return withNames(
    virtual,
    virtual.names.filter((name) => name.startsWith('*')),
  );
}

function deepestFirst(servers: readonly VirtualServer[]): readonly VirtualServer[] {
  const depth = ({ names: [name = ''] }: VirtualServer): number => name.split('.').length;
  return servers
    .flatMap((virtual) => virtual.names.map((name) => ({ ...virtual, names: [name] })))
    .toSorted((one, other) => depth(other) - depth(one));
}

function withNames(virtual: VirtualServer, names: readonly string[]): readonly VirtualServer[] {
  return names.length === 0 ? [] : [{ ...virtual, names }];
}

function renderVirtualServer(virtual: VirtualServer, site: VhostSpec, server: HttpServerSpec): string {
  return section(virtualHost(server, virtual.scheme), [
    ...nameLines(virtual.names.map(hostname)),
    ...(virtual.certificate === null ? [] : certificateLines(liveFiles(virtual.certificate, server))),
    // `%2F` in a path is the application's to understand, and a redirect passes it on.
    'AllowEncodedSlashes NoDecode',
    ...(isAdopted(server) ? [`Include ${PER_SERVER_FILE}`] : []),
    'Include acme.conf',
    ...PROBE_LINES,
    ...actionLines(virtual.action, site, server),
  ]);
}

/** `ServerName` takes no wildcard, and would be guessed if it were left out. */
function nameLines([first = '', ...others]: readonly string[]): readonly string[] {
  return first.startsWith('*')
    ? [`ServerName ${DEFAULT_SERVER_NAME}`, `ServerAlias ${[first, ...others].join(' ')}`]
    : [`ServerName ${first}`, ...(others.length === 0 ? [] : [`ServerAlias ${others.join(' ')}`])];
}

function liveFiles(certificate: string, server: HttpServerSpec): { certificate: string; key: string } {
  const live = `${path(server.paths.tls)}/${spki(certificate)}/live`;
  return { certificate: `${live}/fullchain.pem`, key: `${live}/privkey.pem` };
}

function actionLines(action: VirtualServerAction, site: VhostSpec, server: HttpServerSpec): readonly string[] {
  switch (action.type) {
    case 'SERVE':
      return [extraInclude(site.uri), ...applicationLines(site)];
    case 'REDIRECT':
      return redirectLines(action, server);
    case 'UNAVAILABLE':
      return unavailableLines(server);
    default:
      return assertNever(action);
  }
}

/**
 * The path as it was sent: every other variable has it decoded. The query is appended as it came. `%{SERVER_NAME}` is safe here, because the virtual
 * host answers for its own names only, so it is one of them (or fits its wildcard).
 */
function redirectLines(action: VirtualServerAction & { type: 'REDIRECT' }, server: HttpServerSpec): readonly string[] {
  const port = action.scheme === 'http' ? server.httpPort : server.httpsPort;
  const host = action.host === null ? '%{SERVER_NAME}' : plainHostname(action.host);
  const origin = `${action.scheme}://${host}${port === DEFAULT_PORTS[action.scheme] ? '' : `:${port}`}`;
  return [
    String.raw`RewriteCond %{THE_REQUEST} "^\S+ (?:[a-z]+://[^/?\s]*)?(/[^?\s#]*)"`,
    `RewriteRule ^ "${origin}%1" [R=301,NE,L]`,
    `RewriteRule ^ "${origin}/" [R=301,L]`,
  ];
}

/**
 * What the administrator adds to this one site, before our own rules, so that theirs win. Never written by us. No pattern:
 * each would read the whole directory, and a file that is not there is passed over.
 */
const extraInclude = (siteUri: string): string => `IncludeOptional extra.d/${fileStem(plainHostname(siteUri))}.conf`;

function unavailableLines(server: HttpServerSpec): readonly string[] {
  const page = '/.well-known/hler/unavailable';
  return [
    `ErrorDocument 503 ${page}`,
    `Alias "${page}" "${configDirectory(server)}/disabled.html"`,
    section(`Location "${page}"`, [
      'Require all granted',
      'ForceType text/html',
      'Header always set Retry-After 3600',
      'Header always set Cache-Control no-store',
      'Header always set X-Content-Type-Options nosniff',
    ]),
    // The page itself is asked for within the server, once the status has been decided.
    'RewriteCond %{ENV:REDIRECT_STATUS} ^$',
    'RewriteRule ^ - [R=503,L]',
  ];
}
