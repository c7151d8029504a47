import type { HttpServerSpec } from './http-server-spec.js';
import type { VhostSpec } from './vhost-spec.js';

/** A file of a configuration, as it should be. */
export interface ConfigFile {
  /** Relative to the consumer's own directory (`config/nginx`), such as `vhost.d/example.org.conf`. */
  readonly path: string;
  readonly content: string;
  /** Such as 0o644. */
  readonly mode: number;
}

/** A program to run: argv, never a shell string. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: { readonly [name: string]: string };
  readonly timeoutMs: number;
}

export interface ConsumerCapabilities {
  /** The server's own checker reads certificates and keys. */
  readonly validatesCertificates: boolean;
  /** A change takes effect without a moment in which connections are refused. */
  readonly reloadsWithoutRestart: boolean;
  /** It can answer from files itself; otherwise it only passes on. */
  readonly servesFiles: boolean;
}

/**
 * What uses virtual hosts and certificates: nginx now, apache and pound as further folders. Pure: it renders files and
 * builds commands, and runs nothing.
 */
export interface Consumer {
  readonly name: 'nginx';
  readonly capabilities: ConsumerCapabilities;
  /** Files that belong to the server as a whole: the main file, the default server, the TLS policy, our own pages. */
  renderServer(server: HttpServerSpec): readonly ConfigFile[];
  /** The files of one site: none, when nothing of it is to be served any more. */
  renderSite(site: VhostSpec, server: HttpServerSpec): readonly ConfigFile[];
  /** Paths that a site's files may have, so that what is not rendered any more is removed. */
  sitePaths(siteUri: string): readonly string[];
  readonly commands: ConsumerCommands;
  /** The path (relative to the configuration directory) that the checker's complaint is about, if it names one. */
  culprit(checkerOutput: string, directory: string): string | undefined;
}

export interface ConsumerCommands {
  /** Checks the whole configuration in `directory` (the live one or a staged copy of it). */
  check(server: HttpServerSpec, directory: string): Command;
  /** Makes the running server take the live configuration. */
  reload(server: HttpServerSpec): Command;
  /** Starts the server as a daemon of its own, so that it goes on serving when Hlér stops or dies. */
  start(server: HttpServerSpec): Command;
  /** Stops it, letting running requests end. */
  stop(server: HttpServerSpec): Command;
}
