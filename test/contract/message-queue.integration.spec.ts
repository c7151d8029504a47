import { createHash } from 'node:crypto';
import Bull from 'bull';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { BullMessageQueue } from '../../src/queue/bull-message-queue.js';
import { dispatchQueue, relayQueue } from '../../src/queue/queue-names.js';
import { runnerUser } from '../../src/queue/redis-acl.js';
import { RedisConnections } from '../../src/queue/redis-connections.js';
import { RedisQueueAccess } from '../../src/queue/redis-queue-access.js';
import { newId } from '../../src/shared/ids.js';
import { eventually } from '../support/eventually.js';
import { startTestRedis, type TestRedis } from '../support/private-redis.js';
import { messageQueueContract } from './message-queue-contract.js';

/** Closes its connections with itself, as each process does. */
class OwnedBullMessageQueue extends BullMessageQueue {
  constructor(readonly connections: RedisConnections) {
    super((name) => new Bull(name, connections.bullOptions()), connections.client);
  }

  override async close(): Promise<void> {
    await super.close();
    this.connections.close();
  }
}

let redis: TestRedis;
beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis?.stop());

const open = (): OwnedBullMessageQueue => new OwnedBullMessageQueue(new RedisConnections(redis.url));

describe("BullMessageQueue as a runner's Redis user", () => {
  let serverId: string;

  /** In a queue of its own Redis refuses nothing that Bull asks for: the suite would hang or fail. */
  const openAsRunner = async (): Promise<BullMessageQueue> => {
    serverId = newId();
    const owner = open();
    const password = createHash('sha256').update('password').digest('hex');
    await owner.connections.ready();
    await new RedisQueueAccess(owner.connections.client).grant(serverId, password);
    await owner.close();
    const connections = new RedisConnections(redis.url, { username: runnerUser(serverId), password: 'password' });
    await connections.ready();
    return new OwnedBullMessageQueue(connections);
  };

  messageQueueContract(openAsRunner, () => [dispatchQueue(serverId), relayQueue(serverId)]);
});

describe('BullMessageQueue', () => {
  messageQueueContract(open);

  it('says QUEUE_UNAVAILABLE while Redis does not answer, and works again when it does', async () => {
    const queue = open();
    onTestFinished(() => queue.close());
    const heard: string[] = [];
    queue.consume('frozen', 1, async (message) => void heard.push(message));
    await queue.send('frozen', '1', 'before');
    await eventually(() => expect(heard).toEqual(['before']));
    process.kill(redis.pid!, 'SIGSTOP');
    try {
      expect(await queue.ping()).toBe(false);
      await expect(queue.send('frozen', '2', 'meanwhile')).rejects.toMatchObject({
        code: 'QUEUE_UNAVAILABLE',
        retry: { policy: 'LATER' },
      });
    } finally {
      process.kill(redis.pid!, 'SIGCONT');
    }
    await eventually(async () => {
      await queue.send('frozen', '3', 'after');
      expect(heard).toContain('after');
    }, 20_000);
    expect(await queue.ping()).toBe(true);
  });

  it('finds its way back to a Redis that died and came back', async () => {
    const queue = open();
    onTestFinished(() => queue.close());
    const heard: string[] = [];
    queue.consume('reborn', 4, async (message) => void heard.push(message));
    await queue.send('reborn', '1', 'before');
    await eventually(() => expect(heard).toEqual(['before']));
    process.kill(redis.pid!, 'SIGKILL');
    await eventually(async () => {
      await queue.send('reborn', '2', 'after');
      expect(heard).toContain('after');
    }, 30_000);
  });

  it('goes on after somebody has emptied Redis', async () => {
    const queue = open();
    onTestFinished(() => queue.close());
    const heard: string[] = [];
    queue.consume('emptied', 2, async (message) => void heard.push(message));
    await queue.send('emptied', '1', 'before');
    await eventually(() => expect(heard).toEqual(['before']));
    const connections = new RedisConnections(redis.url);
    onTestFinished(() => connections.close());
    await connections.client.flushall();
    await queue.send('emptied', '1', 'after');
    await eventually(() => expect(heard).toEqual(['before', 'after']));
  });
});
