export interface Consumption {
  /** Stops taking messages and waits for the handlers that run. */
  close(): Promise<void>;
}

/**
 * Queues of opaque text, by name: at least once, first in first out. Two adapters pass the same contract suite:
 * Bull on Redis, and one in memory for unit tests.
 */
export abstract class MessageQueue {
  /**
   * Resolves when the queue has the message. While a message of this id waits or is being handled, sending it again
   * does nothing; after it was handled it can be sent again.
   * @throws DomainError QUEUE_UNAVAILABLE
   */
  abstract send(queue: string, id: string, message: string): Promise<void>;

  /**
   * Hands every message to `handle`, up to `concurrency` at a time, taken in order. A message whose handler throws is
   * handed out again after a growing delay, up to five times; then it is dropped with an error in the log.
   */
  abstract consume(queue: string, concurrency: number, handle: (message: string) => Promise<void>): Consumption;

  /** Whether the queue answers now. */
  abstract ping(): Promise<boolean>;

  abstract close(): Promise<void>;
}

export const DELIVERY_ATTEMPTS = 5;
export const REDELIVERY_DELAY_MS = 200;
