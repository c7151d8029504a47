export { ClientStore } from './application/client-store.js';
export type { Client } from './domain/client.js';
export { ClientType } from './graphql/client.type.js';
