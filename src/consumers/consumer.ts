import type { HttpServerSpec, SystemFacts } from './http-server-spec.js';
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
  /** Told to take a configuration that it cannot take, it goes on with what it had. Otherwise that is its end. */
  readonly survivesBadReload: boolean;
  /** It can answer from files itself; otherwise it only passes on. */
  readonly servesFiles: boolean;
  /** A name that nobody has gets no handshake; otherwise it is shown a certificate that is nobody's (`placeholder`). */
  readonly refusesStrangers: boolean;
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

/** Those that serve sites themselves. */
export const WEB_SERVER_NAMES = ['nginx', 'apache'] as const;
export type WebServerName = (typeof WEB_SERVER_NAMES)[number];
/** Those that take TLS off before web servers. */
export const TLS_FRONT_NAMES = ['pound'] as const;
export type TlsFrontName = (typeof TLS_FRONT_NAMES)[number];

export const CONSUMER_NAMES = [...WEB_SERVER_NAMES, ...TLS_FRONT_NAMES] as const;
export type ConsumerName = (typeof CONSUMER_NAMES)[number];

/**
 * What uses virtual hosts and certificates: one folder each. Pure: it renders files and builds commands, and runs
 * nothing. Its directory is `<paths.config>/<name>`.
 */
export interface Consumer {
  readonly name: ConsumerName;
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
  /**
   * A site's file without the virtual servers that show the certificate of this directory (`…/live`), which cannot be read; null
   * when none is left. Left out where certificates stand elsewhere: then the whole file is put aside.
   */
  withoutCertificate?(content: string, directory: string): string | null;
  /** For a server that cannot include by a pattern. */
  readonly index?: ConsumerIndex;
  /** For a server that cannot reload. */
  readonly succession?: ConsumerSuccession;
  /** Which files of a certificate it names: `fullchain.pem` and `privkey.pem`, or `combined.pem`. */
  readonly certificateForm: 'PAIR' | 'COMBINED';
  /** What `PROBE_PATH` answers while exactly these files are in force; undefined when they hold no probe. */
  digestOf(files: readonly Pick<ConfigFile, 'content'>[]): string | undefined;
  readonly commands: ConsumerCommands;
  readonly daemon: ConsumerDaemon;
  readonly inspection: ConsumerInspection;
  /** For a server whose own checker lets pass what it then cannot start with. */
  readonly canary?: ConsumerCanary;
  /** Left out: the machine's own server of this kind cannot be used. */
  readonly adoption?: ConsumerAdoption;
  /** A pair that the configuration names although no handshake ever shows it: made on the server where it is missing. */
  placeholder?(server: HttpServerSpec): CertificateFiles;
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
  /** Stops it, letting running requests end; null: it has no command for that, and takes `reloadSignal` for it. */
  stop(server: HttpServerSpec): Command | null;
}

/** How the running server is recognised, and told to take the live configuration. */
export interface ConsumerDaemon {
  /** The main file of the live configuration: as soon as it is there, the server can run. */
  configFile(server: HttpServerSpec): string;
  pidFile(server: HttpServerSpec): string;
  errorLog(server: HttpServerSpec): string;
  /** Whether a process with this command line is the master of exactly this server. */
  isMaster(commandLine: string, server: HttpServerSpec): boolean;
  /** Workers have the master's command line: then the master is the one that leads their session. */
  readonly workersLookLikeMaster: boolean;
  /** How workers are told whose command line does not say which server they belong to. */
  readonly nameless?: NamelessWorkers;
  /**
   * There is one process only, master and worker at once. Several may have its command line: the one that counts listens
   * on the ports, the others are about to end, or have not begun.
   */
  readonly isOneProcess?: true;
  /**
   * Whether a process with this command line takes no new connections any more: a worker of before the last reload.
   * Left out when the command line does not tell; then it is one that has closed its listening sockets.
   */
  isRetiring?(commandLine: string): boolean;
  /**
   * What these lines of the error log say against a configuration that the server was told to take, if anything. While it
   * runs, lines of other processes than `master` are somebody else's.
   */
  refusal(logged: string, directory: string, master: number | undefined): CheckerComplaint | undefined;
  /**
   * Makes the master read the live configuration again, which was checked before: a second check would double the time. Where a
   * successor takes over, it makes the master let go of its ports, and end when its requests are answered.
   */
  readonly reloadSignal: NodeJS.Signals;
}

/** Workers that a killed master left behind are known by the logs that they hold open, beside their command line. */
export interface NamelessWorkers {
  /** Whether a process with this command line takes connections for some server of this program. */
  isWorker(commandLine: string): boolean;
  /** Makes one give up its ports, and end when its last request has. */
  readonly quitSignal: NodeJS.Signals;
}

export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/** How it is found out what the program of a machine is and can do. */
export interface ConsumerInspection {
  /** The package of Debian that brings the program. */
  readonly package: string;
  readonly oldestSupported: string;
  /** What is loaded while running; null: nothing is. */
  readonly modules: ConsumerModules | null;
  /** Reads what `commands.version()` prints, or a started trial says of itself; null for what is not in it. */
  versions(text: string): { readonly programVersion: string | null; readonly opensslVersion: string | null };
  /** Its key exchange groups are its library's own choice, and cannot be named. */
  readonly groupsAreFixed?: true;
  /** The smallest configuration with TLS, restricted to one key exchange group when one is given. */
  trial(server: HttpServerSpec, directory: string, group: string | null): readonly ConfigFile[];
}

export interface ConsumerModules {
  /** Where they may lie, the first that exists counts. */
  readonly directories: readonly string[];
  /** Names without `mod_` and `.so`. */
  readonly required: readonly string[];
  /** The package of Debian that brings them. */
  readonly package: string;
}

/**
 * Files that name all the others, made anew from what there is whenever a set is checked or put in place: last when files
 * come, first when files go, so that no file is named that is not there. Pure.
 */
export interface ConsumerIndex {
  /** Directories inside its own whose files are named. */
  readonly directories: readonly string[];
  /** Of these the contents matter too. */
  readonly readDirectory: string;
  /** Absolute paths of the certificates that are named in files of `readDirectory`. */
  certificates(files: readonly Pick<ConfigFile, 'content'>[]): readonly string[];
  render(all: IndexedFiles, server: HttpServerSpec): readonly ConfigFile[];
}

export interface IndexedFiles {
  /** Relative to the consumer's own directory, in the order of their names. */
  readonly paths: readonly string[];
  /** Those of `readDirectory`. */
  readonly read: readonly Pick<ConfigFile, 'path' | 'content'>[];
  /** The names in each certificate, by path; nothing for one that cannot be read. */
  readonly namesIn: ReadonlyMap<string, readonly string[]>;
}

/**
 * How a second server takes over from the running one: it reads everything, certificates included, and then waits at a gate (a named
 * pipe) before it listens; the first one is told to let go of its ports and to end when its requests are answered; the gate is opened.
 * So the ports are without a listener for moments only, however large the configuration is, and one that cannot be taken
 * costs nothing.
 */
export interface ConsumerSuccession {
  gate(server: HttpServerSpec): string;
  /** The main file of the second server: the live configuration, and the gate at its end. */
  mainFile(server: HttpServerSpec): { readonly path: string; readonly content: string };
  /** Ends well when the second server listens. */
  start(server: HttpServerSpec): Command;
}

/**
 * A throw-away server started on a copy of the configuration, on an address of its own: what it cannot start with, the
 * real one could not be reloaded with.
 */
export interface ConsumerCanary {
  /** Starts it as a daemon that answers anything at all over HTTP on `address`, and keeps its files in `scratch`. */
  start(directory: string, scratch: string, address: string): Command;
  errorLog(scratch: string): string;
  /** Whether a process with this command line belongs to the canary of `scratch`. */
  isOwn(commandLine: string, scratch: string): boolean;
  /** An administrator's file as the canary may read it: line by line the same, but listening on nothing. */
  muted(content: string): string;
}

/**
 * How the web server of the machine itself, which its administrator configures and its init system starts, is used instead
 * of one of Hlér's own: a line in its main file brings in ours, and the runner may check and reload it as root.
 */
export interface ConsumerAdoption {
  /** Where distributions keep the main file. */
  readonly mainFile: string;
  /** For people: where in that file the line belongs. */
  readonly place: string;
  /** Of ours, the one file that the main file includes: it may be absent, and nothing is refused then. */
  readonly entryFile: string;
  /** The line, for the directory of our configuration. */
  includeLine(directory: string): string;
  /** As root. Checks everything that the server would read; changes nothing. Programs are absolute, arguments fixed. */
  check(mainFile: string): Command;
  /** As root. Makes the running server read everything again. */
  reload(mainFile: string): Command;
  /** Directories beside the main file whose `*.conf` it includes where the line may stand as well. */
  readonly includedFolders: readonly string[];
  /** Whether our own lines make it listen; otherwise its administrator says where it does. */
  readonly listensByItself: boolean;
  /** What its administrator has to load; null: nothing is loaded. */
  readonly modules: {
    readonly required: readonly string[];
    /** Needs no root. */
    list(mainFile: string): Command;
    /** Names without `_module`. */
    read(output: string): readonly string[];
  } | null;
  /** What the main file says, as far as it concerns us; distributions' defaults where it says nothing. */
  facts(mainFileText: string): SystemFacts;
  /**
   * The content of one of our files, as an account that is not root can have it checked in a copy: what leads to `live` leads to
   * `copy`, and no port is one of root's.
   */
  asCopied(content: string, live: string, copy: string): string;
}
