import { EventEmitter } from 'node:events';
import { OperationNewsBus, type OperationNews } from '../application/operation-news.js';

/** News within one process, for unit tests. */
export class MemoryOperationNewsBus extends OperationNewsBus {
  readonly #heard = new EventEmitter().setMaxListeners(0);

  publish(news: OperationNews): void {
    this.#heard.emit('news', news);
  }

  subscribe(hear: (news: OperationNews) => void): () => void {
    this.#heard.on('news', hear);
    return () => this.#heard.off('news', hear);
  }
}
