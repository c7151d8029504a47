import { describe } from 'vitest';
import { MemoryMessageQueue } from '../../src/queue/memory-message-queue.js';
import { messageQueueContract } from './message-queue-contract.js';

describe('MemoryMessageQueue', () => {
  messageQueueContract(() => new MemoryMessageQueue());
});
