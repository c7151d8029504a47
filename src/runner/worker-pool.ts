import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Piscina } from 'piscina';
import type { TaskResult } from '../operations/domain/task.js';
import { DomainError, toFailure } from '../shared/domain-error.js';
import type { MessageFromTask, MessageToTask, TaskRequest, TaskResponse } from '../../workers/protocol.js';
import { workerFile } from '../shared/worker-file.js';

export type PoolCall = Omit<TaskRequest, 'port'> & {
  readonly signal: AbortSignal;
  onMessage(message: Extract<MessageFromTask, { readonly type: 'log' }>): void;
};

/** The Piscina threads that do a server's work. */
export class WorkerPool {
  readonly #pool: Piscina<TaskRequest, TaskResponse>;

  /**
   * `tasks`: how many run at once, on all threads together. More than threads, because a task mostly waits, for a CA or for a web
   * server, and as many slow ones as there are threads would hold up everything else on this server.
   */
  constructor(threads: number, tasks: number) {
    this.#pool = new Piscina({
      ...workerFile('entry'),
      minThreads: 1,
      maxThreads: threads,
      concurrentTasksPerWorker: Math.ceil(tasks / threads),
      idleTimeout: 60_000,
    });
  }

  /**
   * One result per call. A cancel is passed on and left to the task: killing the thread would orphan its children.
   * A thread that dies gives INTERNAL for each call.
   */
  async run(call: PoolCall): Promise<readonly TaskResult[]> {
    const { port1: ours, port2: theirs } = new MessageChannel();
    const cancel = (): void => ours.postMessage({ type: 'cancel' } satisfies MessageToTask);
    const ended = heardToTheEnd(ours, call);
    call.signal.addEventListener('abort', cancel);
    if (call.signal.aborted) {
      cancel();
    }
    try {
      const request: TaskRequest = { task: call.task, mode: call.mode, calls: call.calls, port: theirs };
      const { results } = await this.#pool.run(request, { transferList: [theirs] });
      await ended;
      return results;
    } catch (error) {
      const failure = toFailure(
        new DomainError(
          'INTERNAL',
          `The thread that ran ${call.task} ended: ${error instanceof Error ? error.message : 'unknown'}.`,
        ),
      );
      return call.calls.map(() => ({ status: 'ERROR', failure }));
    } finally {
      call.signal.removeEventListener('abort', cancel);
      ours.close();
    }
  }

  async stop(): Promise<void> {
    await this.#pool.close({ force: true });
  }
}

/** Resolves when everything that the task had to say has been heard: messages may arrive after its result. */
function heardToTheEnd(port: MessagePort, call: PoolCall): Promise<void> {
  return new Promise((resolve) => {
    port.on('message', (message: MessageFromTask) => {
      if (message.type === 'end') {
        resolve();
      } else {
        call.onMessage(message);
      }
    });
  });
}
