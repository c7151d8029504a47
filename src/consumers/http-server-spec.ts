import type { Backend } from './vhost-spec.js';

/** What a consumer needs to know of the server that it renders for: plain data, from the server's registration. */
export interface HttpServerSpec {
  readonly serverId: string;
  /** Addresses to listen on, such as `127.0.0.1` or `[::1]`; `*` and `[::]` for all. */
  readonly addresses: readonly string[];
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Absolute directories on the server, from its registration. */
  readonly paths: HttpServerPaths;
  /** OpenSSL group names that the installed library really has, best first, such as `X25519`; empty: the library's own choice. */
  readonly tlsGroups: readonly string[];
  /**
   * Account key thumbprints (RFC 7638), the one in use first; empty until an ACME account exists. A challenge has one
   * answer (RFC 8555 §8.3), so the first is given; the others may wait here for their turn.
   */
  readonly acmeThumbprints: readonly string[];
  /** Answers to challenges of other accounts, a file for each token; they go before the first thumbprint. Left out: there are none. */
  readonly challengeDirectory?: string | null;
  /** Version of the installed program, such as `1.22.1`; null when not known: then the oldest supported dialect is written. */
  readonly programVersion: string | null;
  /** The account that answers requests; null: the server's own (when the master runs as root, one is chosen on the server). */
  readonly workerUser: string | null;
  /** Set when the machine's own server is used, which its init system starts; otherwise one of Hlér's own. */
  readonly system?: SystemServer | null;
  /**
   * Set for a web server behind a TLS front: it speaks plain HTTP only, and these addresses are believed what they say of the client
   * (`X-Forwarded-For`, `X-Forwarded-Proto`, `X-Hler-Redirect`). Nobody else is.
   */
  readonly behindFront?: { readonly trustedProxies: readonly string[] };
  /** Set for a TLS front: where challenges of ACME go, whatever name they are for. */
  readonly challenges?: readonly Backend[];
  /** What the worker finds on the server itself, each time anew; never stored. Left out: what Debian has. */
  readonly machine?: MachineFacts;
}

export interface MachineFacts {
  /** The group of `workerUser`. */
  readonly workerGroupId: number | null;
  /** Where the program's loadable modules lie, and their names without `mod_` and `.so`; null: it has none. */
  readonly modules: { readonly directory: string; readonly names: readonly string[] } | null;
  /** What the main file of the machine's own server says; null: an own server is used. */
  readonly system?: SystemFacts | null;
}

export interface SystemServer {
  /** Absolute path of its main file, such as `/etc/nginx/nginx.conf`. */
  readonly mainFile: string;
}

export interface SystemFacts {
  readonly pidFile: string;
  readonly errorLog: string;
  readonly workerUser: string;
  /** Its lines that load modules, as far as they can be repeated elsewhere: directives in `extra.d` may stand on them. */
  readonly moduleLines: readonly string[];
  /** Directives for the whole server that it sets itself, and that cannot be set twice. */
  readonly directives: readonly string[];
}

export interface HttpServerPaths {
  /** Holds `nginx/`, `apache/`, later `pound/`: one directory for each consumer. */
  readonly config: string;
  /** Holds `<spki>/live/{privkey,fullchain,…}.pem`. */
  readonly tls: string;
  /** On the same file system as `config`, for write-then-rename. */
  readonly staging: string;
  /** pid files, sockets, temporary bodies. */
  readonly run: string;
  readonly log: string;
}
