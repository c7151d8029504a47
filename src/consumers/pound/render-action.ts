import { assertNever } from '../../shared/assert-never.js';
import { DomainError } from '../../shared/domain-error.js';
import { hstsValue } from '../hsts.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { plainHostname } from '../syntax.js';
import type { ProxyApplication, VhostSpec } from '../vhost-spec.js';
import type { Scheme, VirtualServer, VirtualServerAction } from '../virtual-servers.js';
import { backendLines } from './backends.js';
import { quoted, section } from './layout.js';

const DEFAULT_PORTS: { readonly [scheme in Scheme]: number } = { http: 80, https: 443 };

/** What the services of a group of names do, in the order in which they are tried. */
export function actionServices(
  virtual: VirtualServer,
  site: VhostSpec,
  server: HttpServerSpec,
): readonly (readonly string[])[] {
  const { action } = virtual;
  const headers = hstsHeaders(virtual, site);
  switch (action.type) {
    case 'SERVE':
      return [[...rewriteLines(headers), ...backendLines(proxy(site).backends)]];
    case 'REDIRECT':
      return redirectServices(redirectOrigin(action, server), proxy(site), headers);
    case 'UNAVAILABLE':
      return [[...rewriteLines([...headers, ...UNAVAILABLE_HEADERS]), 'Error 503 "disabled.html"']];
    default:
      return assertNever(action);
  }
}

function hstsHeaders(virtual: VirtualServer, site: VhostSpec): readonly string[] {
  const value = hstsValue(virtual, site);
  return value === undefined ? [] : [`Strict-Transport-Security: ${value}`];
}

/** Whatever a header of that name said before. */
function rewriteLines(headers: readonly string[]): readonly string[] {
  const lines = headers.map((header) => `SetHeader "${header}"`);
  return lines.length === 0 ? [] : [section('Rewrite response', lines)];
}

/** @throws DomainError INPUT_INVALID for an application that answers from files */
function proxy({ application, uri }: VhostSpec): ProxyApplication {
  if (application.type !== 'PROXY') {
    throw new DomainError(
      'INPUT_INVALID',
      `pound passes requests on, and serves no files: ${uri} needs a web server.`,
      {
        details: { field: 'application', consumer: 'pound' },
      },
    );
  }
  return application;
}

/** `%[host]` is safe here: the service answers for its own names only, so it is one of them (or fits one of its wildcards). */
function redirectOrigin(action: VirtualServerAction & { type: 'REDIRECT' }, server: HttpServerSpec): string {
  const port = action.scheme === 'http' ? server.httpPort : server.httpsPort;
  const host = action.host === null ? '%[host]' : plainHostname(action.host);
  return `${action.scheme}://${host}${port === DEFAULT_PORTS[action.scheme] ? '' : `:${port}`}`;
}

/**
 * Pound 4.16 writes each `%` of a path as `%25` in a redirect: such a path is redirected by the web server behind, where it is one
 * of ours. So is every path whose redirect has headers, which Pound adds to what it passes on, and to none of its own redirects. Requests
 * with a whole URL for a path, which no browser makes of a server, are not redirected.
 */
function redirectServices(
  origin: string,
  application: ProxyApplication,
  headers: readonly string[],
): readonly (readonly string[])[] {
  const redirect = [`URL -re ${quoted('^/')}`, `Redirect 301 "${origin}%[url]"`];
  if (!application.redirectsWhenTold) {
    return [redirect];
  }
  const told = (urls: string): readonly string[] => [
    `URL -re ${quoted(urls)}`,
    `SetHeader "X-Hler-Redirect: ${origin}"`,
    ...rewriteLines(headers),
    ...backendLines(application.backends),
  ];
  return headers.length === 0 ? [told('^/.*%'), redirect] : [told('^/')];
}

const UNAVAILABLE_HEADERS = [
  'Content-Type: text/html',
  'Retry-After: 3600',
  'Cache-Control: no-store',
  'X-Content-Type-Options: nosniff',
];
