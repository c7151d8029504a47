import type { HttpServerSpec } from '../http-server-spec.js';
import { path } from '../syntax.js';

export const MAIN_FILE = 'pound.conf';

/** Read by OpenSSL, not by Pound. */
export const LIBRARY_FILE = 'openssl.conf';

/** Services of sites: the first that fits a request answers it, so that wildcards come after all exact names. */
export const SITE_DIRECTORIES = {
  http: ['vhost.d', 'wildcard.d'],
  https: ['tls-vhost.d', 'tls-wildcard.d'],
} as const;

/** Which certificates a site shows. */
export const CERTIFICATE_DIRECTORY = 'certificate.d';

/**
 * `pre.d` and `post.d` are the administrator's, before and after our listeners: a listener of theirs, or services that come after those of the
 * sites. `extra.d` holds what comes before the services of single sites, in both listeners.
 */
export const ADMINISTRATORS_DIRECTORIES = ['pre.d', 'post.d', 'extra.d'] as const;

export const OWN_DIRECTORIES = [
  ...SITE_DIRECTORIES.http,
  ...SITE_DIRECTORIES.https,
  CERTIFICATE_DIRECTORY,
  ...ADMINISTRATORS_DIRECTORIES,
] as const;

export function configDirectory(server: HttpServerSpec): string {
  return `${path(server.paths.config)}/pound`;
}

export function configFile(server: HttpServerSpec): string {
  return `${configDirectory(server)}/${MAIN_FILE}`;
}

export function pidFile(server: HttpServerSpec): string {
  return `${path(server.paths.run)}/pound.pid`;
}

/** Where a successor is prepared. */
export function runtimeDirectory(server: HttpServerSpec): string {
  return `${path(server.paths.run)}/pound-temp`;
}

/** A section with its `End`, its lines indented. */
export function section(head: string, body: readonly string[]): string {
  return [head, ...body.flatMap(indented), 'End'].join('\n');
}

function indented(text: string): readonly string[] {
  return text.split('\n').map((line) => (line === '' ? '' : `    ${line}`));
}

/** Between quotes a backslash stands for the next sign. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\')}"`;
}

export const include = (file: string): string => `Include "${file}"`;
