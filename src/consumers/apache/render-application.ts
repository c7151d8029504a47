import { assertNever } from '../../shared/assert-never.js';
import { DomainError } from '../../shared/domain-error.js';
import { path } from '../syntax.js';
import type { VhostSpec } from '../vhost-spec.js';
import { section } from './layout.js';
import { drupalLines } from './render-drupal.js';

/** What a site answers with when it is served. */
export function applicationLines({ application, uri }: VhostSpec): readonly string[] {
  switch (application.type) {
    case 'STATIC':
      return [...documentRootLines(application.root), String.raw`RewriteRule "/\.(?!well-known(?:/|$))" - [R=404,L]`];
    case 'DRUPAL':
      // Drupal checks passwords and tokens of requests itself.
      return [...documentRootLines(application.root, ['CGIPassAuth On']), ...drupalLines(application, uri)];
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
 * may be reached through links. Nothing in the code base changes what the server does: `.htaccess` is not read.
 */
function documentRootLines(documentRoot: string, more: readonly string[] = []): readonly string[] {
  const root = path(documentRoot);
  return [
    `DocumentRoot "${root}"`,
    section(`Directory "${root}"`, [
      'Options SymLinksIfOwnerMatch',
      'AllowOverride None',
      'Require all granted',
      ...more,
    ]),
    'Header always set X-Content-Type-Options nosniff',
  ];
}
