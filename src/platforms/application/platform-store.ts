import type { Page } from '../../shared/page.js';
import type { Platform } from '../domain/platform.js';

export interface PlatformFilter {
  readonly serverId?: string;
  readonly status?: Platform['status'];
}

/** `null`: every client's platforms. An id: that client's own and those that are every client's. */
export type PlatformScope = string | null;

export type PlatformChange = Partial<Pick<Platform, 'status' | 'verifiedAt' | 'realPath' | 'version' | 'docroot'>>;

export abstract class PlatformStore {
  /** @throws DomainError NAME_TAKEN */
  abstract insert(platform: Platform): Promise<void>;
  abstract find(id: string): Promise<Platform | null>;
  abstract findMany(ids: readonly string[]): Promise<readonly Platform[]>;
  abstract list(filter: PlatformFilter, scope: PlatformScope, page: Page): Promise<readonly Platform[]>;
  abstract count(filter: PlatformFilter, scope: PlatformScope): Promise<number>;
  abstract update(id: string, change: PlatformChange): Promise<void>;
}
