import type { HttpServerSpec } from '../http-server-spec.js';
import { path } from '../syntax.js';

/** Included in this order. `pre.d` and `post.d` are the administrator's: never written to. */
export const INCLUDED_DIRECTORIES = ['pre.d', 'vhost.d', 'platform.d', 'post.d'] as const;

/** `extra.d` holds what the administrator adds to single sites; `environment.d` what only one site's PHP may know. */
export const OWN_DIRECTORIES = [...INCLUDED_DIRECTORIES, 'extra.d', 'environment.d'] as const;

export const MAIN_FILE = 'nginx.conf';

export function configDirectory(server: HttpServerSpec): string {
  return `${path(server.paths.config)}/nginx`;
}

export function pidFile(server: HttpServerSpec): string {
  return server.machine?.system?.pidFile ?? `${path(server.paths.run)}/nginx.pid`;
}

export function errorLog(server: HttpServerSpec): string {
  return server.machine?.system?.errorLog ?? `${path(server.paths.log)}/nginx-error.log`;
}

export function configFile(server: HttpServerSpec): string {
  return `${configDirectory(server)}/${MAIN_FILE}`;
}

/** Lines of a block, indented. */
export function block(head: string, body: readonly string[]): string {
  return [`${head} {`, ...body.map((line) => (line === '' ? '' : `    ${line}`)), '}'].join('\n');
}

export function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `    ${line}`);
}

/** As little as nginx can say: an empty text would bring its own page, which names it. */
export const NOT_FOUND = ['default_type text/plain;', String.raw`return 404 "Not found\n";`] as const;
