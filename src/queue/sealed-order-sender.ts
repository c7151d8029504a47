import type { Order } from '../operations/domain/order.js';
import { OrderSender } from '../operations/application/order-sender.js';
import { RunnerDirectory } from '../operations/application/runner-directory.js';
import { DomainError } from '../shared/domain-error.js';
import type { ControlPlaneKeys } from './control-plane-keys.js';
import { seal } from './envelope.js';
import { ENCRYPTION_ALGORITHM, importKey } from './key-files.js';
import { MessageQueue } from './message-queue.js';
import { CONTROL_PLANE, dispatchQueue } from './queue-names.js';

/** An order waits at most this long for its runner; the sweeper seals it anew after that. */
const ORDER_VALID_FOR_S = 3600;

export class SealedOrderSender extends OrderSender {
  constructor(
    private readonly queue: MessageQueue,
    private readonly keys: ControlPlaneKeys,
    private readonly runners: RunnerDirectory,
  ) {
    super();
  }

  async send(serverId: string, order: Order): Promise<void> {
    const runner = await this.runners.keys(serverId);
    if (!runner) {
      throw new DomainError('SERVER_NOT_FOUND', `There is no server ${serverId} to send work to.`);
    }
    const recipient = await importKey(runner.encryption, ENCRYPTION_ALGORITHM);
    const sealed = await seal(order, {
      issuer: CONTROL_PLANE,
      audience: serverId,
      type: 'hler-order+jwt',
      signingKey: this.keys.signingKey,
      recipients: this.keys.recoveryKey ? [recipient, this.keys.recoveryKey] : [recipient],
      validForS: ORDER_VALID_FOR_S,
    });
    await this.queue.send(dispatchQueue(serverId), orderId(order), sealed);
  }
}

function orderId(order: Order): string {
  return order.type === 'run' ? `${order.operationId}-${order.attempt}` : `${order.operationId}-cancel`;
}
