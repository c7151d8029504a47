export { HttpServerKeeper, type KeeperState, type KeptServer, type RunKeeperCommand } from './http-server-keeper.js';
export type { Log } from './log.js';
export type { Durability, PrivateService } from './private-service.js';
export { PrivateServices, privateUrls } from './private-services.js';
export { processUid, resolveServiceUser } from './resolve-service-user.js';
export { serviceUser, type Account, type DirectoryAccess, type ServiceUser } from './service-user.js';
export { makeStateDirectories } from './state-directories.js';
