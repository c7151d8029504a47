import type { TaskResult } from '../src/operations/domain/task.js';
import { DomainError, toFailure } from '../src/shared/domain-error.js';
import { asCancelled } from './as-cancelled.js';
import { isBatchTask, type AnyTask, type BatchTask, type Task } from './define-task.js';
import type { MessageFromTask, MessageToTask, TaskCall, TaskContext, TaskRequest, TaskResponse } from './protocol.js';
import { TASKS } from './tasks/index.js';

/** What a thread does with a request. It always returns results: nothing is thrown across the thread's boundary. */
export default async function entry(request: TaskRequest): Promise<TaskResponse> {
  const abort = new AbortController();
  request.port.on('message', (message: MessageToTask) => {
    if (message.type === 'cancel') {
      abort.abort();
    }
  });
  try {
    return { results: await perform(request, abort.signal) };
  } catch (error) {
    return { results: request.calls.map(() => failed(error)) };
  } finally {
    request.port.postMessage({ type: 'end' } satisfies MessageFromTask);
    request.port.close();
  }
}

/** A call that cannot even begin gets its own error; the others of its batch go on. */
async function perform(request: TaskRequest, signal: AbortSignal): Promise<readonly TaskResult[]> {
  const task = TASKS.find(({ name }) => name === request.task);
  if (!task) {
    throw new Error(`No worker module runs the task "${request.task}".`);
  }
  const calls = request.calls.map((call, index) => prepare(task, call, index, request, signal));
  const ready = calls.filter((call) => 'context' in call);
  const results = ready.length > 0 ? await performReady(task, ready, request.mode) : [];
  if (results.length !== ready.length) {
    throw new Error(`${task.name} gave ${results.length} results for ${ready.length} calls.`);
  }
  const inOrder = results.values();
  return calls.map((call) => ('context' in call ? inOrder.next().value! : call));
}

function performReady(
  task: AnyTask,
  calls: readonly Prepared[],
  mode: TaskRequest['mode'],
): Promise<readonly TaskResult[]> {
  return isBatchTask(task) ? performBatch(task, calls, mode) : performEach(task, calls, mode);
}

interface Prepared {
  readonly input: never;
  readonly undo: NonNullable<TaskCall['undo']>;
  readonly context: TaskContext;
}

function prepare(
  task: AnyTask,
  call: TaskCall,
  index: number,
  request: TaskRequest,
  signal: AbortSignal,
): Prepared | TaskResult {
  if (call.input['dryRun'] === true && task.dryRun !== true) {
    return failed(new Error(`${task.name} cannot look without doing`));
  }
  const parsed = task.input.safeParse(call.input);
  if (!parsed.success) {
    return failed(parsed.error);
  }
  return {
    input: parsed.data,
    undo: call.undo ?? {},
    context: {
      operationId: call.operationId,
      outputs: call.outputs,
      signal,
      log: (level, message) =>
        request.port.postMessage({
          type: 'log',
          call: index,
          entry: { level, message, at: new Date().toISOString() },
        } satisfies MessageFromTask),
    },
  };
}

async function performBatch(
  task: BatchTask<never>,
  calls: readonly Prepared[],
  mode: TaskRequest['mode'],
): Promise<readonly TaskResult[]> {
  if (mode === 'run') {
    return task.runMany(calls);
  }
  await task.undoMany?.(calls);
  return calls.map(() => ({ status: 'SUCCESS' }));
}

function performEach(
  task: Task<never>,
  calls: readonly Prepared[],
  mode: TaskRequest['mode'],
): Promise<readonly TaskResult[]> {
  return Promise.all(
    calls.map(async ({ input, undo, context }): Promise<TaskResult> => {
      try {
        if (mode === 'run') {
          return await task.run(input, context);
        }
        await task.undo?.(input, undo, context);
        return { status: 'SUCCESS' };
      } catch (error) {
        return failed(asCancelled(error, context.signal));
      }
    }),
  );
}

function failed(error: unknown): TaskResult {
  if (error instanceof DomainError) {
    return { status: 'ERROR', failure: toFailure(error) };
  }
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return {
    status: 'ERROR',
    failure: toFailure(new DomainError('INTERNAL', `The task failed unexpectedly (${reason}).`)),
  };
}
