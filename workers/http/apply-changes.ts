import { CONSUMERS } from '../../src/consumers/index.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { DomainError, toFailure } from '../../src/shared/domain-error.js';
import type { TaskContext } from '../protocol.js';
import { applyBatch, type Outcome } from './apply-batch.js';
import { realEffects, targetOf, type Effects } from './effects.js';
import { effectiveServer } from './effective-server.js';
import type { HttpApplyInput } from './http-change.js';
import { groupCalls } from './plan-changes.js';
import { renderChange, type RenderedChange } from './render-changes.js';
import { cancelled } from './results.js';

export interface ApplyCall {
  readonly input: HttpApplyInput;
  readonly context: TaskContext;
}

/**
 * Applies the changes of many operations to one web server with one reload, and gives each its own verdict. All calls
 * are about the same server. Never throws a DomainError: what concerns the batch as a whole is the result of each call.
 * Until the check a cancelled call drops out; after that the batch runs to its end, because what is put in place is
 * what was checked, and half an apply would have to be undone by another reload.
 */
export async function applyChanges(
  calls: readonly ApplyCall[],
  effects: Effects = realEffects,
): Promise<readonly TaskResult[]> {
  const results: (TaskResult | undefined)[] = calls.map(() => undefined);
  const settle = (index: number, outcome: Outcome): void => {
    results[index] ??= outcome instanceof DomainError ? { status: 'ERROR', failure: toFailure(outcome) } : outcome;
  };
  const settleAll = (error: unknown): void => {
    if (!(error instanceof DomainError)) {
      throw error;
    }
    calls.forEach((_, index) => settle(index, error));
  };
  try {
    const rendered = renderAll(calls, settle);
    const leading = rendered.find(({ call }) => call.input.change.type === 'SERVER') ?? rendered[0];
    if (leading !== undefined) {
      const target = targetOf(CONSUMERS[leading.call.input.consumer], leading.server);
      const wanted = groupCalls(rendered.map(({ index, change }) => [index, change] as const));
      const batch = { target, wanted, isCancelled: (index: number) => calls[index]?.context.signal.aborted === true };
      const outcomes = await applyBatch({ ...batch, say: sayTo(calls) }, effects);
      outcomes.forEach((outcome, { calls: indexes }) => indexes.forEach((index) => settle(index, outcome)));
    }
  } catch (error) {
    settleAll(error);
  }
  settleAll(new DomainError('INTERNAL', 'The batch ended without a verdict for this call.'));
  return results.filter((result) => result !== undefined);
}

interface RenderedCall {
  readonly index: number;
  readonly call: ApplyCall;
  readonly server: HttpApplyInput['server'];
  readonly change: RenderedChange;
}

/** A call whose values cannot be rendered fails alone. */
function renderAll(
  calls: readonly ApplyCall[],
  settle: (index: number, outcome: Outcome) => void,
): readonly RenderedCall[] {
  const rendered: RenderedCall[] = [];
  for (const [index, call] of calls.entries()) {
    try {
      if (call.context.signal.aborted) {
        throw cancelled();
      }
      const server = effectiveServer(call.input.server, call.context.outputs, CONSUMERS[call.input.consumer]);
      rendered.push({ index, call, server, change: renderChange(call.input, server) });
    } catch (error) {
      if (!(error instanceof DomainError)) {
        throw error;
      }
      settle(index, error);
    }
  }
  return rendered;
}

function sayTo(calls: readonly ApplyCall[]): (message: string) => void {
  return (message) => calls.forEach(({ context }) => context.log('INFO', message));
}
