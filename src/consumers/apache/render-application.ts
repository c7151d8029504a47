import { assertNever } from '../../shared/assert-never.js';
import { DomainError } from '../../shared/domain-error.js';
import { path } from '../syntax.js';
import type { VhostSpec } from '../vhost-spec.js';
import { section } from './layout.js';

/**
 * What a site answers with when it is served.
 * @throws DomainError INPUT_INVALID for an application that apache does not serve yet: as files it would show its source
 */
export function applicationLines({ application, uri }: VhostSpec): readonly string[] {
  switch (application.type) {
    case 'STATIC':
      return staticLines(application.root);
    case 'DRUPAL':
      throw new DomainError('INPUT_INVALID', `${uri} is a site of Drupal, which apache does not serve yet.`, {
        details: { field: 'application', consumer: 'apache' },
        hint: 'Put it on a server with nginx.',
      });
    case 'PROXY':
      throw new DomainError(
        'INPUT_INVALID',
        `${uri} is to be passed on to other web servers, which apache does not do.`,
        {
          details: { field: 'application', consumer: 'apache' },
          hint: 'Put it on a server with nginx.',
        },
      );
    default:
      return assertNever(application);
  }
}

/**
 * Symbolic links below the document root are followed only when link and target have the same owner: platforms may be laid
 * out with links, but a tenant's link to another account's file (`/etc/…`, a neighbour's settings) leads nowhere. The root itself
 * may be reached through links. HSTS is left out on purpose: it outlives the decision to switch HTTPS off again.
 */
function staticLines(documentRoot: string): readonly string[] {
  const root = path(documentRoot);
  return [
    `DocumentRoot "${root}"`,
    section(`Directory "${root}"`, ['Options SymLinksIfOwnerMatch', 'AllowOverride None', 'Require all granted']),
    'Header always set X-Content-Type-Options nosniff',
    String.raw`RewriteRule "/\.(?!well-known(?:/|$))" - [R=404,L]`,
  ];
}
