import type { Order } from '../domain/order.js';

/** Seals an order for a server and puts it into that server's queue. */
export abstract class OrderSender {
  /**
   * Resolves when the queue has the order. Idempotent per operation and attempt.
   * @throws DomainError QUEUE_UNAVAILABLE; the sweeper sends again.
   */
  abstract send(serverId: string, order: Order): Promise<void>;
}
