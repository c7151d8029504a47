/** QUEUED: not verified yet. ENABLED: takes sites. LOCKED: keeps its sites, takes no new ones. */
export const PLATFORM_STATUSES = ['QUEUED', 'ENABLED', 'LOCKED', 'DELETED'] as const;
export type PlatformStatus = (typeof PLATFORM_STATUSES)[number];

/** What kind of code base it is: how its sites are served. */
export const APPLICATIONS = ['STATIC', 'DRUPAL'] as const;
export type Application = (typeof APPLICATIONS)[number];

/** Where the code comes from. */
export type PlatformSource = { readonly type: 'EXISTING_PATH'; readonly path: string };

/** A deployed code base on a server that sites run on. */
export interface Platform {
  readonly id: string;
  readonly name: string;
  readonly serverId: string;
  /** The client whose sites alone may run on it; null: every client's. */
  readonly clientId: string | null;
  readonly application: Application;
  readonly source: PlatformSource;
  /** `source.path` with its links resolved, as the last verification found it. */
  readonly realPath: string | null;
  /** Version of its application, such as `10.3.7`, as the last verification recognised it; null for one that has none. */
  readonly version: string | null;
  /** The directory that its sites are served from: `realPath`, or its `web/`; null until it was verified. */
  readonly docroot: string | null;
  readonly status: PlatformStatus;
  readonly verifiedAt: Date | null;
  readonly createdAt: Date;
}
