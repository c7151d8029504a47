import type { ConsumerName } from '../../consumers/index.js';

/** Under which all work on one web server, or front, of a server takes turns: starts of it too. */
export const batchKeyOf = (consumer: ConsumerName, serverId: string): string => `${consumer}:${serverId}`;
