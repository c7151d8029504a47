import { assertNever } from '../../shared/assert-never.js';
import { isAdopted } from '../adoption.js';
import { FILE_MODE } from '../config-files.js';
import type { ConfigFile } from '../consumer.js';
import { sealDigest } from '../digest.js';
import { fileStem } from '../file-stem.js';
import { hstsValue } from '../hsts.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { DEFAULT_SERVER_NAME } from '../probe.js';
import { isWildcard } from '../../shared/hostname.js';
import { hostname, id, path, plainHostname, spki } from '../syntax.js';
import type { VhostSpec } from '../vhost-spec.js';
import { virtualServers, type Scheme, type VirtualServer, type VirtualServerAction } from '../virtual-servers.js';
import { PER_SERVER_FILE } from './adoption.js';
import { virtualHost } from './dialect.js';
import { PROBE_LINES } from './digest.js';
import { configDirectory, section } from './layout.js';
import { certificateLines } from './placeholder.js';
import { strangerLines } from './render-stranger.js';
import { applicationLines } from './render-application.js';
import { environmentPath, renderEnvironment } from './render-environment.js';
import { toldRedirectLines } from './render-front.js';

const DEFAULT_PORTS: { readonly [scheme in Scheme]: number } = { http: 80, https: 443 };
const BETWEEN_FILES = '\0';
/** Of wildcards; `*.example.org` has the fewest labels that one can have. */
const LEVELS = 6;
const SHALLOWEST = 3;

/** Exact names in one file, the wildcards of each level in another, and one digest over them and the environment. */
export function renderSite(site: VhostSpec, server: HttpServerSpec): readonly ConfigFile[] {
  const header = `# Site ${id(site.siteId)}. Written by Hlér; changes made here are lost.`;
  const all = virtualServers(site).flatMap(exactThenWildcards);
  const texts = vhostPaths(site.uri).map((file, level) => {
    const blocks = all
      .filter(({ names: [name = ''] }) => levelOf(name) === level)
      .flatMap((virtual) => renderVirtualServer(virtual, site, server));
    return { path: file, text: blocks.length === 0 ? '' : `${[header, ...blocks].join('\n\n')}\n` };
  });
  const environment = all.length === 0 ? [] : renderEnvironment(site);
  const secrets = environment.map(({ content }) => content).join(BETWEEN_FILES);
  const contents = sealDigest(texts.map(({ text }) => text).join(BETWEEN_FILES), secrets).split(BETWEEN_FILES);
  const vhosts = texts.map(({ path }, index) => ({ path, content: contents[index] ?? '', mode: FILE_MODE }));
  return [...environment, ...vhosts.filter(({ content }) => content !== '')];
}

export function sitePaths(siteUri: string): readonly string[] {
  return [environmentPath(siteUri), ...vhostPaths(siteUri)];
}

/** By level: the first virtual host that fits answers, so the deeper a wildcard, whoever has it, the earlier it is read. */
function vhostPaths(siteUri: string): readonly string[] {
  const name = fileStem(plainHostname(siteUri));
  const wildcards = Array.from({ length: LEVELS }, (_, index) => `wildcard.d/${index + 1}~${name}.conf`);
  return [`vhost.d/${name}.conf`, ...wildcards];
}

/** 0: an exact name. From 1: wildcards, those of eight labels and more first, `*.example.org` last. */
function levelOf(name: string): number {
  return isWildcard(name) ? Math.max(1, LEVELS + SHALLOWEST - name.split('.').length) : 0;
}

/** A wildcard has a virtual host of its own, because of what goes before it. */
function exactThenWildcards(virtual: VirtualServer): readonly VirtualServer[] {
  const exact = virtual.names.filter((name) => !isWildcard(name));
  const wildcards = virtual.names.filter(isWildcard).map((name) => ({ ...virtual, names: [name] }));
  return [...(exact.length === 0 ? [] : [{ ...virtual, names: exact }]), ...wildcards];
}

function renderVirtualServer(virtual: VirtualServer, site: VhostSpec, server: HttpServerSpec): readonly string[] {
  const names = virtual.names.map(hostname);
  const own = section(virtualHost(server, virtual.scheme), [
    ...nameLines(names),
    ...(virtual.certificate === null ? [] : certificateLines(liveFiles(virtual.certificate, server))),
    ...hstsLines(virtual, site),
    // `%2F` in a path is the application's to understand, and a redirect passes it on.
    'AllowEncodedSlashes NoDecode',
    ...(isAdopted(server) ? [`Include ${PER_SERVER_FILE}`] : []),
    'Include acme.conf',
    ...PROBE_LINES,
    ...toldRedirectLines(server),
    ...actionLines(virtual.action, site, server),
  ]);
  return [...names.filter(isWildcard).map((name) => tooDeep(name, virtual.scheme, server)), own];
}

/**
 * `*` spans labels here, and a wildcard is one label (RFC 6125 §6.4.3): no certificate covers `a.b.example.org` by
 * `*.example.org`. Such names are strangers, answered as by the default server, handshake included.
 */
function tooDeep(wildcard: string, scheme: Scheme, server: HttpServerSpec): string {
  return section(virtualHost(server, scheme), [...nameLines([`*.${wildcard}`]), ...strangerLines(scheme, server)]);
}

/** Drupal's own is among the headers that are sent always, and is replaced. */
function hstsLines(virtual: VirtualServer, site: VhostSpec): readonly string[] {
  const value = hstsValue(virtual, site);
  return value === undefined ? [] : [`Header always set Strict-Transport-Security "${value}"`];
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
