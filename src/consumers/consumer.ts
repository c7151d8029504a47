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

/** What a server's own checker says against a configuration. */
export interface CheckerComplaint {
  /** The complaint itself, on one line, with paths relative to the configuration directory. */
  readonly sentence: string;
  /** The file it is about, relative to the configuration directory, when it names one. */
  readonly file: string | null;
  /** A path outside the configuration that it is about (a certificate), when it names one. */
  readonly mentions: string | null;
  /** Set when it could not listen on an address: taken by another process, or not permitted. */
  readonly bind: { readonly address: string; readonly inUse: boolean } | null;
}

/**
 * What uses virtual hosts and certificates: nginx now, apache and pound as further folders. Pure: it renders files and
 * builds commands, and runs nothing. Its directory is `<paths.config>/<name>`.
 */
export interface Consumer {
  readonly name: 'nginx';
  readonly capabilities: ConsumerCapabilities;
  /** Directories inside its own that must exist, the administrator's included. */
  readonly directories: readonly string[];
  /**
   * Files that belong to the server as a whole: the main file, the default server, the TLS policy, our own pages.
   * @throws DomainError INPUT_INVALID, HOSTNAME_INVALID, PATH_INVALID for a value that could carry syntax
   */
  renderServer(server: HttpServerSpec): readonly ConfigFile[];
  /**
   * The files of one site: none, when nothing of it is to be served any more.
   * @throws DomainError INPUT_INVALID, HOSTNAME_INVALID, PATH_INVALID for a value that could carry syntax
   */
  renderSite(site: VhostSpec, server: HttpServerSpec): readonly ConfigFile[];
  /** Paths that a site's files may have, so that what is not rendered any more is removed. */
  sitePaths(siteUri: string): readonly string[];
  /** What `PROBE_PATH` answers while exactly these files are in force; undefined when they hold no probe. */
  digestOf(files: readonly Pick<ConfigFile, 'content'>[]): string | undefined;
  readonly commands: ConsumerCommands;
  readonly daemon: ConsumerDaemon;
  /** What the output of a failed check of `directory`, or a line of the error log, complains about. */
  complaint(output: string, directory: string): CheckerComplaint;
}

export interface ConsumerCommands {
  /** Prints version and linked libraries. */
  version(): Command;
  /** Checks the whole configuration in `directory` (the live one or a staged copy of it). Changes nothing in force. */
  check(server: HttpServerSpec, directory: string): Command;
  /** Starts the server as a daemon of its own, so that it goes on serving when Hlér stops or dies. */
  start(server: HttpServerSpec): Command;
  /** Stops it, letting running requests end. */
  stop(server: HttpServerSpec): Command;
}

/** How the running server is recognised, and told to take the live configuration. */
export interface ConsumerDaemon {
  pidFile(server: HttpServerSpec): string;
  errorLog(server: HttpServerSpec): string;
  /** Whether a process with this command line is the master of exactly this server. */
  isMaster(commandLine: string, server: HttpServerSpec): boolean;
  /** Whether a process with this command line takes no new connections any more: a worker of before the last reload. */
  isRetiring(commandLine: string): boolean;
  /** Makes the master read the live configuration again, which was checked before: a second check would double the time. */
  readonly reloadSignal: NodeJS.Signals;
}
