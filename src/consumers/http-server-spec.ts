/** What a consumer needs to know of the server that it renders for: plain data, from the server's registration. */
export interface HttpServerSpec {
  readonly serverId: string;
  /** Addresses to listen on, such as `127.0.0.1` or `[::1]`; `*` and `[::]` for all. */
  readonly addresses: readonly string[];
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Absolute directories on the server, from its registration. */
  readonly paths: HttpServerPaths;
  /** OpenSSL group names that the installed library really has, best first, such as `X25519`. */
  readonly tlsGroups: readonly string[];
  /** Account key thumbprints (RFC 7638) whose HTTP-01 challenges are answered; empty until an ACME account exists. */
  readonly acmeThumbprints: readonly string[];
}

export interface HttpServerPaths {
  /** Holds `nginx/` and later `apache/`, `pound/`: DESIGN of the disk. */
  readonly config: string;
  /** Holds `<spki>/live/{privkey,fullchain,…}.pem`. */
  readonly tls: string;
  /** On the same file system as `config`, for write-then-rename. */
  readonly staging: string;
  /** pid files, sockets, temporary bodies. */
  readonly run: string;
  readonly log: string;
}
