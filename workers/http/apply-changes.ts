import type { TaskResult } from '../../src/operations/domain/task.js';
import { DomainError, toFailure } from '../../src/shared/domain-error.js';
import { applyBatch, type Outcome } from './apply-batch.js';
import { realEffects, type Effects } from './effects.js';
import { renderCalls, type ApplyCall } from './render-calls.js';

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
    const rendered = renderCalls(calls, settle);
    if (rendered !== undefined) {
      const batch = { ...rendered, isCancelled: (index: number) => calls[index]?.context.signal.aborted === true };
      const outcomes = await applyBatch({ ...batch, say: sayTo(calls) }, effects);
      outcomes.forEach((outcome, { calls: indexes }) => indexes.forEach((index) => settle(index, outcome)));
    }
  } catch (error) {
    settleAll(error);
  }
  settleAll(new DomainError('INTERNAL', 'The batch ended without a verdict for this call.'));
  return results.filter((result) => result !== undefined);
}

function sayTo(calls: readonly ApplyCall[]): (message: string) => void {
  return (message) => calls.forEach(({ context }) => context.log('INFO', message));
}
