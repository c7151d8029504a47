import { assertNever } from '../../shared/assert-never.js';
import { DomainError } from '../../shared/domain-error.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import { plainHostname } from '../syntax.js';
import type { ProxyApplication, VhostSpec } from '../vhost-spec.js';
import type { Scheme, VirtualServerAction } from '../virtual-servers.js';
import { backendLines } from './backends.js';
import { quoted, section } from './layout.js';

const DEFAULT_PORTS: { readonly [scheme in Scheme]: number } = { http: 80, https: 443 };

/** What the services of a group of names do, in the order in which they are tried. */
export function actionServices(
  action: VirtualServerAction,
  site: VhostSpec,
  server: HttpServerSpec,
): readonly (readonly string[])[] {
  switch (action.type) {
    case 'SERVE':
      return [backendLines(proxy(site).backends)];
    case 'REDIRECT':
      return redirectServices(redirectOrigin(action, server), proxy(site));
    case 'UNAVAILABLE':
      return [UNAVAILABLE];
    default:
      return assertNever(action);
  }
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
 * of ours. Requests with a whole URL for a path, which no browser makes of a server, are not redirected.
 */
function redirectServices(origin: string, application: ProxyApplication): readonly (readonly string[])[] {
  const redirect = [`URL -re ${quoted('^/')}`, `Redirect 301 "${origin}%[url]"`];
  return application.redirectsWhenTold
    ? [
        [`URL -re ${quoted('^/.*%')}`, `SetHeader "X-Hler-Redirect: ${origin}"`, ...backendLines(application.backends)],
        redirect,
      ]
    : [redirect];
}

const UNAVAILABLE = [
  section('Rewrite response', [
    'SetHeader "Content-Type: text/html"',
    'SetHeader "Retry-After: 3600"',
    'SetHeader "Cache-Control: no-store"',
    'SetHeader "X-Content-Type-Options: nosniff"',
  ]),
  'Error 503 "disabled.html"',
];
