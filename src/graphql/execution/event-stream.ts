import type { ExecutionResult } from 'graphql';

export interface EventStreamOptions {
  readonly source: AsyncIterable<unknown>;
  readonly execute: (event: unknown) => Promise<ExecutionResult>;
  /** The last thing a caller sees when the source itself fails. */
  readonly failed: (error: unknown) => ExecutionResult;
  /** Called once, however the stream ends. */
  readonly ended: () => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The results of a subscription. Written out, not as an async generator, because a generator that waits for its
 * source queues `return()` behind that wait: a caller who leaves a quiet subscription would keep it for ever. Here
 * `return()` ends the pending `next()` at once and passes on to the source. Never throws.
 */
export function eventStream({
  source,
  execute,
  failed,
  ended,
}: EventStreamOptions): AsyncGenerator<ExecutionResult, undefined> {
  const events = source[Symbol.asyncIterator]();
  let open = true;
  let releaseNext: (() => void) | undefined;

  const close = (): void => {
    if (open) {
      open = false;
      releaseNext?.();
      ended();
    }
  };

  const pull = async (): Promise<IteratorResult<ExecutionResult, undefined>> => {
    try {
      const event = await events.next();
      if (!event.done && open) {
        return { done: false, value: await execute(event.value) };
      }
      close();
      return DONE;
    } catch (error) {
      const left = !open;
      // The caller who waits gets the failure, not the bare end that close() would hand out.
      releaseNext = undefined;
      close();
      return left ? DONE : { done: false, value: failed(error) };
    }
  };

  const leave = async (): Promise<IteratorReturnResult<undefined>> => {
    close();
    await events.return?.();
    return DONE;
  };

  return {
    next: () =>
      open
        ? new Promise((resolve) => {
            releaseNext = () => resolve(DONE);
            void pull().then(resolve);
          })
        : Promise.resolve(DONE),
    return: leave,
    throw: leave,
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
