import { join } from 'node:path';

/** Where everything lies below HLER_ROOT: the design of the disk. Absolute when the root is. */
export interface StatePaths {
  readonly root: string;
  /** Configuration of the web servers: `nginx/`, later `apache/` and `pound/`. */
  readonly config: string;
  readonly platforms: string;
  readonly sites: string;
  readonly tls: string;
  readonly acme: string;
  readonly backups: string;
  /** On the same file system as the rest, for write-then-rename. */
  readonly staging: string;
  /** pid files and sockets: nothing that has to survive a restart of the machine. */
  readonly run: string;
  readonly log: string;
  /** Keys and passwords of Hlér itself. */
  readonly keys: string;
  /** What Hlér remembers between two starts, such as its ports. */
  readonly state: string;
  /** Data of the private MariaDB and Redis of `hler up`. */
  readonly mariadb: string;
  readonly redis: string;
}

export function statePaths(root: string): StatePaths {
  const below = (name: string) => join(root, name);
  return {
    root,
    config: below('config'),
    platforms: below('platforms'),
    sites: below('sites'),
    tls: below('tls'),
    acme: below('acme'),
    backups: below('backups'),
    staging: below('staging'),
    run: below('run'),
    log: below('log'),
    keys: below('keys'),
    state: below('state'),
    mariadb: below('mariadb'),
    redis: below('redis'),
  };
}
