export { GrantQueueAccess } from './application/grant-queue-access.js';
export { LocalEnrolment } from './application/local-enrolment.js';
export { QueueAccess } from './application/queue-access.js';
export { VerifyServerKind } from './application/verify-server-kind.js';
export { ServerContents } from './application/server-contents.js';
export { ServerStore } from './application/server-store.js';
export { httpBatchKey, httpServerSpec } from './domain/http-server-spec.js';
export type { HttpService, Server } from './domain/server.js';
export { ServerType } from './graphql/server.type.js';
