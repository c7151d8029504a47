import { describe, expect, it } from 'vitest';
import { eventStream } from './event-stream.js';

function streamOf(source: AsyncIterable<unknown>) {
  const log: string[] = [];
  const stream = eventStream({
    source,
    execute: async (event) => ({ data: { event } }),
    failed: (error) => ({ data: { failed: String(error) } }),
    ended: () => log.push('ended'),
  });
  return { stream, log };
}

async function* numbers(onEnd: () => void = () => undefined) {
  try {
    yield 1;
    yield 2;
  } finally {
    onEnd();
  }
}

describe('eventStream', () => {
  it('passes every event through execute, and ends once', async () => {
    const { stream, log } = streamOf(numbers());
    const results: unknown[] = [];
    for await (const result of stream) {
      results.push(result.data);
    }
    expect([results, await stream.next(), log]).toEqual([
      [{ event: 1 }, { event: 2 }],
      { done: true, value: undefined },
      ['ended'],
    ]);
  });

  it('returns the source when it is left early', async () => {
    let ended = false;
    const { stream, log } = streamOf(numbers(() => (ended = true)));
    await stream.next();
    expect([await stream.return(undefined), ended, log]).toEqual([{ done: true, value: undefined }, true, ['ended']]);
  });

  it('lets go of a waiting next() at once, though the source never answers', async () => {
    let returned = 0;
    const silent: AsyncIterable<unknown> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: async () => {
          returned += 1;
          return { done: true, value: undefined };
        },
      }),
    };
    const { stream, log } = streamOf(silent);
    const waiting = stream.next();
    await stream.return(undefined);
    expect([await waiting, returned, log]).toEqual([{ done: true, value: undefined }, 1, ['ended']]);
  });

  it('makes the failure of the source its last result', async () => {
    const { stream, log } = streamOf(
      // oxlint-disable-next-line require-yield
      (async function* () {
        throw new Error('gone');
      })(),
    );
    expect([await stream.next(), await stream.next(), log]).toEqual([
      { done: false, value: { data: { failed: 'Error: gone' } } },
      { done: true, value: undefined },
      ['ended'],
    ]);
  });
});
