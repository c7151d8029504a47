import type { Actor } from '../../../shared/actor.js';

/** Who works by schedule, in the records of operations. */
export const SCHEDULER: Actor = { tokenId: 'scheduler', role: 'OPERATOR', clientId: null, label: 'renewal scheduler' };
