import type { HttpServerSpec } from '../http-server-spec.js';
import { path } from '../syntax.js';

/**
 * Included in this order. `pre.d` and `post.d` are the administrator's: never written to. The first virtual host that fits a
 * name answers for it, wildcard or not: those with wildcards come after all the others, so that an exact name wins.
 */
export const INCLUDED_DIRECTORIES = ['pre.d', 'vhost.d', 'wildcard.d', 'platform.d', 'post.d'] as const;

/** `extra.d` holds what the administrator adds to single sites; `environment.d` what only one site's PHP may know. */
export const OWN_DIRECTORIES = [...INCLUDED_DIRECTORIES, 'extra.d', 'environment.d'] as const;

export const MAIN_FILE = 'apache.conf';

export function configDirectory(server: HttpServerSpec): string {
  return `${path(server.paths.config)}/apache`;
}

export function configFile(server: HttpServerSpec): string {
  return `${configDirectory(server)}/${MAIN_FILE}`;
}

export function pidFile(server: HttpServerSpec): string {
  return server.machine?.system?.pidFile ?? `${path(server.paths.run)}/apache.pid`;
}

export function errorLog(server: HttpServerSpec): string {
  return server.machine?.system?.errorLog ?? `${path(server.paths.log)}/apache-error.log`;
}

/** Where the running server keeps mutexes and caches. */
export function runtimeDirectory(server: HttpServerSpec): string {
  return `${path(server.paths.run)}/apache-temp`;
}

/** Lines of a section, indented; `head` is what stands in the opening tag. */
export function section(head: string, body: readonly string[]): string {
  const [name = ''] = head.split(' ');
  return [`<${head}>`, ...body.flatMap(indented), `</${name}>`].join('\n');
}

function indented(text: string): readonly string[] {
  return text.split('\n').map((line) => (line === '' ? '' : `    ${line}`));
}
