import { assertNever } from '../../shared/assert-never.js';
import type { HttpServerSpec } from '../http-server-spec.js';
import type { StaticApplication, VhostSpec } from '../vhost-spec.js';
import { drupalLines } from './render-drupal.js';
import { proxyLines } from './render-proxy.js';
import { path } from '../syntax.js';

/** What a site answers with when it is served. */
export function applicationLines(site: VhostSpec, server: HttpServerSpec): readonly string[] {
  const { application, uri } = site;
  switch (application.type) {
    case 'STATIC':
      return staticLines(application);
    case 'DRUPAL':
      return [...documentRootLines(application.root), ...drupalLines(application, uri)];
    case 'PROXY':
      return proxyLines(site, application, server);
    default:
      return assertNever(application);
  }
}

function staticLines(application: StaticApplication): readonly string[] {
  return [
    ...documentRootLines(application.root),
    'index index.html;',
    String.raw`location ~ "/\.(?!well-known(/|$))" { return 404; }`,
    'location / { try_files $uri $uri/ =404; }',
  ];
}

/**
 * Symbolic links below the document root are followed only when link and target have the same owner: platforms may be laid
 * out with links, but a tenant's link to another account's file (`/etc/…`, a neighbour's settings) leads nowhere. The root itself
 * may be reached through links.
 */
function documentRootLines(root: string): readonly string[] {
  return [
    `root "${path(root)}";`,
    'disable_symlinks if_not_owner from=$document_root;',
    'add_header X-Content-Type-Options nosniff always;',
  ];
}
