import { BullModule, getSharedConfigToken } from '@nestjs/bull';
import { Global, Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import Bull, { type QueueOptions } from 'bull';
import { OperationNewsBus } from '../operations/application/operation-news.js';
import { OrderSender } from '../operations/application/order-sender.js';
import { RunnerDirectory } from '../operations/application/runner-directory.js';
import { SecretSealer } from '../operations/application/secret-sealer.js';
import type { Secret } from '../shared/secret.js';
import { BullMessageQueue } from './bull-message-queue.js';
import { ControlPlaneKeys } from './control-plane-keys.js';
import { JweSecretSealer } from './jwe-secret-sealer.js';
import { MessageQueue } from './message-queue.js';
import { RedisConnections } from './redis-connections.js';
import { RedisOperationNewsBus } from './redis-operation-news.js';
import { SealedOrderSender } from './sealed-order-sender.js';

/** The control plane's end of the queues. */
@Global()
@Module({})
export class QueueModule implements OnApplicationShutdown {
  constructor(
    @Inject(MessageQueue) private readonly queue: MessageQueue,
    @Inject(OperationNewsBus) private readonly news: RedisOperationNewsBus,
    @Inject(RedisConnections) private readonly connections: RedisConnections,
  ) {}

  static forRoot(redisUrl: Secret, keysDirectory: string): DynamicModule {
    const connections = new RedisConnections(redisUrl);
    return {
      module: QueueModule,
      imports: [BullModule.forRoot(connections.bullOptions())],
      providers: [
        { provide: RedisConnections, useValue: connections },
        { provide: ControlPlaneKeys, useFactory: () => ControlPlaneKeys.load(keysDirectory) },
        {
          provide: MessageQueue,
          inject: [getSharedConfigToken()],
          // Queues come and go with the servers, so they are opened by name, with the options that Nest keeps.
          useFactory: (options: QueueOptions) =>
            new BullMessageQueue((name) => new Bull(name, options), connections.client),
        },
        {
          provide: OperationNewsBus,
          useFactory: () => new RedisOperationNewsBus(connections.client, connections.another()),
        },
        {
          provide: OrderSender,
          inject: [MessageQueue, ControlPlaneKeys, RunnerDirectory],
          useFactory: (queue: MessageQueue, keys: ControlPlaneKeys, runners: RunnerDirectory) =>
            new SealedOrderSender(queue, keys, runners),
        },
        {
          provide: SecretSealer,
          inject: [RunnerDirectory],
          useFactory: (runners: RunnerDirectory) => new JweSecretSealer(runners),
        },
      ],
      exports: [MessageQueue, ControlPlaneKeys, OperationNewsBus, OrderSender, RedisConnections, SecretSealer],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.queue.close();
    await this.news.close();
    this.connections.close();
  }
}
