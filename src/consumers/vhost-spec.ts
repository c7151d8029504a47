import type { DrupalMajor } from './drupal/drupal-major.js';
import type { EnvironmentVariable } from './drupal/environment.js';
import type { HttpsMode } from './https-mode.js';

/**
 * All that a consumer needs to know to serve one site: plain data, made by `sites`, rendered by an adapter.
 * Every string in it is a value that was validated when it entered the system (`Hostname`, `UnixPath`, an id);
 * renderers still refuse a value that could carry syntax, because this data has crossed a queue.
 */
export interface VhostSpec {
  readonly siteId: string;
  /** The main name: an A-label hostname, lower case, never a wildcard. */
  readonly uri: string;
  readonly state: 'ENABLED' | 'DISABLED';
  readonly https: HttpsMode;
  /** Seconds for which browsers are told, over HTTPS, to use nothing else (RFC 6797); 0 takes it back; null or left out: nothing is said. */
  readonly hstsMaxAge?: number | null;
  /** Every name that the site answers to, the main name first. */
  readonly names: readonly VhostName[];
  readonly application: VhostApplication;
}

export interface VhostName {
  /** A hostname, or a wildcard `*.example.org`. */
  readonly name: string;
  /** The name that requests for this one are redirected to (301, path and query kept), or null when it is served itself. */
  readonly redirectTo: string | null;
  /** SPKI hash (64 hex digits) of the certificate that covers this name, or null: then it is served over HTTP only. */
  readonly certificate: string | null;
}

/** What answers requests. */
export type VhostApplication = StaticApplication | DrupalApplication | ProxyApplication;

/** Files, served as they are. */
export interface StaticApplication {
  readonly type: 'STATIC';
  /** Absolute path of the document root. */
  readonly root: string;
}

/** One site of a Drupal code base: its rules (`drupalRules`) are the same for all consumers. */
export interface DrupalApplication {
  readonly type: 'DRUPAL';
  /** Absolute path of the directory that holds `index.php`: the code base itself, or its `web/`. */
  readonly root: string;
  /** `sites/<uri>`, below `root`. */
  readonly siteDirectory: string;
  readonly version: DrupalMajor;
  /** Absolute path of the socket of the PHP-FPM pool that runs this site. */
  readonly phpSocket: string;
  /**
   * What PHP finds in `$_SERVER` of this site alone, whoever else runs the same code. Rendered into a file of mode 0600, because
   * values may be secret: the master of a web server reads it, its workers and other accounts do not.
   */
  readonly environment: readonly EnvironmentVariable[];
}

/** Other web servers, which requests are passed on to with the name that was asked for (and `X-Forwarded-…`, in place of the client's own). */
export interface ProxyApplication {
  readonly type: 'PROXY';
  /** One at least; requests are spread over them. */
  readonly backends: readonly Backend[];
  /**
   * They are of Hlér, and trust this server: what they are sent with `X-Hler-Redirect: <origin>` they answer with a redirect
   * to the same path and query there.
   */
  readonly redirectsWhenTold: boolean;
}

export interface Backend {
  /** A hostname, an IPv4 address, or an IPv6 address in brackets. */
  readonly address: string;
  readonly port: number;
  /** Null: plain HTTP. Otherwise its certificate must be for this name, and of an authority that the system trusts or that is in the file. */
  readonly https: { readonly serverName: string; readonly caFile: string | null } | null;
}
