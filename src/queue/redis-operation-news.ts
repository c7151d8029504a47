import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { OperationNewsBus, type OperationNews } from '../operations/application/operation-news.js';

const CHANNEL = 'hler:operation-news';

/** News over Redis publish/subscribe, which every process of the control plane hears. Lost while Redis is away. */
export class RedisOperationNewsBus extends OperationNewsBus {
  readonly #heard = new EventEmitter({ captureRejections: false }).setMaxListeners(0);

  constructor(
    private readonly publisher: Redis,
    private readonly subscriber: Redis,
  ) {
    super();
    subscriber.on('message', (_channel: string, text: string) => {
      this.#heard.emit('news', JSON.parse(text) as OperationNews);
    });
    subscriber.subscribe(CHANNEL).catch(() => undefined);
  }

  publish(news: OperationNews): void {
    this.publisher.publish(CHANNEL, JSON.stringify(news)).catch(() => undefined);
  }

  subscribe(hear: (news: OperationNews) => void): () => void {
    this.#heard.on('news', hear);
    return () => this.#heard.off('news', hear);
  }

  async close(): Promise<void> {
    this.#heard.removeAllListeners();
    this.subscriber.disconnect();
  }
}
