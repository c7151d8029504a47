import type { OperationPlan } from '../../operations/index.js';
import type { Server } from '../domain/server.js';

/**
 * What a server serves. Servers know no sites: whoever puts something on them (`sites`) implements this, so that a
 * verification of the server brings all of it back into force with one reload.
 */
export abstract class ServerContents {
  /** The tasks that make everything on the server as it should be. */
  abstract plan(server: Server): Promise<OperationPlan>;
  /** The main names of all that has files there, served or not: what lies between those files is nobody's. */
  abstract siteUris(server: Server): Promise<readonly string[]>;
}
