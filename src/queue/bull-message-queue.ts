import { Logger } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import type { Redis } from 'ioredis';
import { DELIVERY_ATTEMPTS, MessageQueue, REDELIVERY_DELAY_MS, type Consumption } from './message-queue.js';
import { withinQueueTime } from './redis-connection.js';

export interface BullEnvelope {
  readonly message: string;
}

/** Opens a Bull queue on connections that are shared as far as Bull can share them. */
export type OpenQueue = (name: string) => Queue<BullEnvelope>;

const CLOSE_WITHIN_MS = 5_000;

/** Bull 4 on Redis. Everything that knows Bull is in this folder; nothing of Bull leaves this class. */
export class BullMessageQueue extends MessageQueue {
  readonly #logger = new Logger('Queue');
  readonly #queues = new Map<string, Queue<BullEnvelope>>();

  constructor(
    private readonly open: OpenQueue,
    private readonly redis: Redis,
  ) {
    super();
  }

  async send(queue: string, id: string, message: string): Promise<void> {
    const added = this.#queue(queue).add(
      { message },
      {
        jobId: id,
        attempts: DELIVERY_ATTEMPTS,
        backoff: { type: 'exponential', delay: REDELIVERY_DELAY_MS },
        removeOnComplete: true,
        // A kept failure would make Bull swallow the same id for ever.
        removeOnFail: true,
      },
    );
    await withinQueueTime(added);
  }

  consume(queue: string, concurrency: number, handle: (message: string) => Promise<void>): Consumption {
    const bull = this.#queue(queue);
    bull.on('failed', (job: Job<BullEnvelope>, error: Error) => {
      if (job.attemptsMade >= DELIVERY_ATTEMPTS) {
        this.#logger.error(`Message ${String(job.id)} of ${queue} was given up: ${error.message}`);
      }
    });
    bull
      .process(concurrency, (job: Job<BullEnvelope>) => handle(job.data.message))
      .catch((error: unknown) => this.#logger.error(`Queue ${queue} is not read any more: ${String(error)}`));
    return {
      close: async () => {
        await inTime(bull.close());
        if (this.#queues.get(queue) === bull) {
          this.#queues.delete(queue);
        }
      },
    };
  }

  async ping(): Promise<boolean> {
    try {
      return (await withinQueueTime(this.redis.ping())) === 'PONG';
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => inTime(queue.close(true))));
    this.#queues.clear();
  }

  #queue(name: string): Queue<BullEnvelope> {
    let queue = this.#queues.get(name);
    if (!queue) {
      queue = this.open(name);
      queue.on('error', (error: Error) => this.#logger.debug(`Queue ${name}: ${error.message}`));
      this.#queues.set(name, queue);
    }
    return queue;
  }
}

/**
 * Bull may wait for ever for a connection that is gone already. Not waiting loses nothing: what was not acknowledged
 * is handed out again, and whoever gets it twice does it once.
 */
async function inTime(closing: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CLOSE_WITHIN_MS);
  });
  await Promise.race([closing, limit]);
  clearTimeout(timer);
}
