import { CONSUMERS } from '../../src/consumers/index.js';
import { DomainError } from '../../src/shared/domain-error.js';
import type { TaskContext } from '../protocol.js';
import type { Outcome } from './apply-batch.js';
import { effectiveServer } from './effective-server.js';
import { targetOf, type Target } from './effects.js';
import type { HttpApplyInput } from './http-change.js';
import { groupCalls, type WantedChange } from './plan-changes.js';
import { renderChange, type RenderedChange } from './render-changes.js';
import { cancelled } from './results.js';

export interface ApplyCall {
  readonly input: HttpApplyInput;
  readonly context: TaskContext;
}

/** What calls about one web server want of it, whether it is to be done or to be looked at. */
export interface RenderedCalls {
  readonly target: Target;
  readonly wanted: readonly WantedChange[];
}

interface RenderedCall {
  readonly index: number;
  readonly call: ApplyCall;
  readonly server: HttpApplyInput['server'];
  readonly change: RenderedChange;
}

/** A call whose values cannot be rendered fails alone. Undefined when there is none left. */
export function renderCalls(
  calls: readonly ApplyCall[],
  settle: (index: number, outcome: Outcome) => void,
): RenderedCalls | undefined {
  const rendered = renderAll(calls, settle);
  const leading = rendered.find(({ call }) => call.input.change.type === 'SERVER') ?? rendered[0];
  return (
    leading && {
      target: targetOf(CONSUMERS[leading.call.input.consumer], leading.server),
      wanted: groupCalls(rendered.map(({ index, change }) => [index, change] as const)),
    }
  );
}

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
