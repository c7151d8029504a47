import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DELIVERY_ATTEMPTS, type MessageQueue } from '../../src/queue/message-queue.js';
import { newId } from '../../src/shared/ids.js';
import { eventually } from '../support/eventually.js';
import { aGate } from '../support/gate.js';

/**
 * What every adapter of MessageQueue promises. `open` gives a new one on the same queues; the suite closes it.
 * `names` gives two queues, empty at first, where not every name will do.
 */
export function messageQueueContract(
  open: () => MessageQueue | Promise<MessageQueue>,
  names = (): readonly [string, string] => [`test.${newId()}`, `test.${newId()}`],
): void {
  describe('as a message queue', () => {
    let queue: MessageQueue;
    let name: string;
    let other: string;

    beforeEach(async () => {
      queue = await open();
      [name, other] = names();
    });

    afterEach(() => queue.close());

    it('answers', async () => {
      expect(await queue.ping()).toBe(true);
    });

    it('hands out first in, first out, whether sent before or after somebody listens', async () => {
      const heard: string[] = [];
      for (const id of ['1', '2', '3']) {
        await queue.send(name, id, `before ${id}`);
      }
      const consumption = queue.consume(name, 1, async (message) => void heard.push(message));
      for (const id of ['4', '5']) {
        await queue.send(name, id, `after ${id}`);
      }
      await eventually(() => expect(heard).toEqual(['before 1', 'before 2', 'before 3', 'after 4', 'after 5']));
      await consumption.close();
    });

    it('keeps queues apart', async () => {
      const heard: string[] = [];
      const both = [name, other].map((each) => queue.consume(each, 1, async (text) => void heard.push(each + text)));
      await queue.send(name, '1', ':a');
      await queue.send(other, '1', ':b');
      await eventually(() => expect([...heard].sort()).toEqual([`${name}:a`, `${other}:b`].sort()));
      await Promise.all(both.map((one) => one.close()));
    });

    it('ignores an id while it waits and while it is handled, and takes it again after that', async () => {
      const heard: string[] = [];
      const gate = aGate();
      await queue.send(name, 'x', 'first');
      await queue.send(name, 'x', 'while it waits');
      const consumption = queue.consume(name, 1, async (message) => {
        heard.push(message);
        await (heard.length === 1 ? gate.passed : undefined);
      });
      await eventually(() => expect(heard).toEqual(['first']));
      await queue.send(name, 'x', 'while it is handled');
      gate.open();
      await eventually(async () => {
        await queue.send(name, 'x', 'afterwards');
        expect(heard).toContain('afterwards');
      });
      // When a handled id is free again is for the queue to know, so more than one may have got through.
      expect([...new Set(heard)]).toEqual(['first', 'afterwards']);
      await consumption.close();
    });

    it('hands a failed one out again until it is handled, and lets others pass meanwhile', async () => {
      const heard: string[] = [];
      const consumption = queue.consume(name, 1, async (message) => {
        heard.push(message);
        if (message === 'hard' && heard.filter((each) => each === 'hard').length < 3) {
          throw new Error('not yet');
        }
      });
      await queue.send(name, '1', 'hard');
      await queue.send(name, '2', 'easy');
      await eventually(() => expect([...heard].sort()).toEqual(['easy', 'hard', 'hard', 'hard']));
      await consumption.close();
    });

    it('drops one that fails too often, and takes its id again', async () => {
      const heard: string[] = [];
      const consumption = queue.consume(name, 1, async (message) => {
        heard.push(message);
        if (message === 'hopeless') {
          throw new Error('never');
        }
      });
      await queue.send(name, 'x', 'hopeless');
      await eventually(() => expect(heard).toHaveLength(DELIVERY_ATTEMPTS), 20_000);
      await eventually(async () => {
        await queue.send(name, 'x', 'hope');
        expect(heard).toContain('hope');
      });
      expect(heard.filter((each) => each === 'hopeless')).toHaveLength(DELIVERY_ATTEMPTS);
      await consumption.close();
    });

    it('handles so many at a time', async () => {
      const gate = aGate();
      let running = 0;
      let most = 0;
      let ended = 0;
      const consumption = queue.consume(name, 3, async () => {
        running += 1;
        most = Math.max(most, running);
        await gate.passed;
        running -= 1;
        ended += 1;
      });
      for (let id = 0; id < 7; id += 1) {
        await queue.send(name, `${id}`, `${id}`);
      }
      await eventually(() => expect(running).toBe(3));
      gate.open();
      await eventually(() => expect(ended).toBe(7));
      expect(most).toBe(3);
      await consumption.close();
    });

    it('waits for what is handled when listening ends, and keeps the rest for the next one', async () => {
      const gate = aGate();
      const heard: string[] = [];
      const consumption = queue.consume(name, 1, async (message) => {
        heard.push(message);
        await gate.passed;
        heard.push(`${message} done`);
      });
      await queue.send(name, '1', 'one');
      await queue.send(name, '2', 'two');
      await eventually(() => expect(heard).toEqual(['one']));
      const closed = consumption.close();
      gate.open();
      await closed;
      expect(heard).toEqual(['one', 'one done']);
      const next = queue.consume(name, 1, async (message) => void heard.push(message));
      await eventually(() => expect(heard).toEqual(['one', 'one done', 'two']));
      await next.close();
      await next.close();
    });
  });
}
