import { DRIFT_BOUNDS, isDrift, type Drift, type DriftedAnswer } from '../../src/operations/domain/drift.js';
import type { TaskResult } from '../../src/operations/domain/task.js';
import { DomainError, toFailure } from '../../src/shared/domain-error.js';
import { confirm, type Findings } from './confirm.js';
import { driftedAnswer, driftedFile } from './drift.js';
import type { StoredFile } from './http-change.js';
import { filesToWrite, type PlannedChange } from './plan-changes.js';
import { repairCommands } from './repair-commands.js';
import { renderCalls, type ApplyCall } from './render-calls.js';
import { lookAround, type Situation } from './situation.js';

const ONCE = 0;

/**
 * The dry run of `applyChanges`: what it would write and remove, found by the same code, and what is not answered as it should
 * be. Writes nothing, reloads nothing, starts nothing. Never throws a DomainError: it is the result of each call.
 */
export async function compareChanges(calls: readonly ApplyCall[]): Promise<readonly TaskResult[]> {
  const results: (TaskResult | undefined)[] = calls.map(() => undefined);
  const refuse = (index: number, error: DomainError): void => {
    results[index] ??= { status: 'ERROR', failure: toFailure(error) };
  };
  const rendered = renderCalls(calls, (index, outcome) => {
    if (outcome instanceof DomainError) {
      refuse(index, outcome);
    }
  });
  try {
    if (rendered !== undefined) {
      const { target, wanted } = rendered;
      const situation = await lookAround(target, wanted);
      const findings = await confirm(target, situation.plan.changes, situation.fingerprints, ONCE);
      const commands = await repairCommands(target);
      const budgets = new Map<string, Budget>();
      for (const change of situation.plan.changes) {
        for (const index of change.calls) {
          const { operationId } = calls[index]!.context;
          const budget = budgets.get(operationId) ?? { ...DRIFT_BOUNDS };
          budgets.set(operationId, budget);
          const drift = driftOf(change, situation, findings, budget, commands);
          results[index] = { status: 'NOTHING_TO_DO', ...(drift && { drift }) };
        }
      }
    }
  } catch (error) {
    if (!(error instanceof DomainError)) {
      throw error;
    }
    calls.forEach((_, index) => refuse(index, error));
  }
  calls.forEach((_, index) =>
    refuse(index, new DomainError('INTERNAL', 'The batch ended without a verdict for this call.')),
  );
  return results.filter((result) => result !== undefined);
}

/** What may still be told of one operation. */
type Budget = { -readonly [bound in keyof typeof DRIFT_BOUNDS]: number };

function driftOf(
  change: PlannedChange,
  situation: Situation,
  findings: Findings,
  budget: Budget,
  commands: Drift['commands'],
): Drift | undefined {
  const toRepair = [...filesToWrite(change.files, situation.live), ...staleIndexOf(change, situation)];
  const files = toRepair.slice(0, budget.files).map((wanted) => {
    const limit = Math.min(budget.diffBytes, budget.diffBytesEach);
    const file = driftedFile(wanted, situation.live.get(wanted.path)!, limit);
    budget.diffBytes -= Buffer.byteLength(file.diff ?? '');
    return file;
  });
  const answered = answersOf(change, situation, findings);
  const answers = answered.slice(0, budget.answers);
  budget.files -= files.length;
  budget.answers -= answers.length;
  const drift: Drift = {
    files,
    answers,
    omittedFiles: toRepair.length - files.length,
    omittedAnswers: answered.length - answers.length,
    commands,
  };
  return isDrift(drift) || drift.omittedFiles + drift.omittedAnswers > 0 ? drift : undefined;
}

/**
 * Files that name the others belong to the server as a whole. While one of those that they name is not as it should be, they are written
 * anew with it, and cannot be judged.
 */
function staleIndexOf(change: PlannedChange, { plan, live, staleIndex }: Situation): readonly StoredFile[] {
  const isSettled = plan.changes.every(({ files }) => filesToWrite(files, live).length === 0);
  return change.rendered.subject?.type === 'server' && isSettled ? staleIndex : [];
}

function answersOf(
  change: PlannedChange,
  { problems, fingerprints }: Situation,
  findings: Findings,
): readonly DriftedAnswer[] {
  const problem = problems.get(change);
  const unusable: readonly DriftedAnswer[] =
    problem === undefined
      ? []
      : [
          {
            url: `https://${change.rendered.site?.uri ?? ''}/`,
            problem: 'CERTIFICATE_UNUSABLE',
            message: problem.message,
          },
        ];
  // Of a pair that cannot be used, no fingerprint is known: it has been told already.
  const known = (findings.get(change) ?? []).filter(
    ({ expectation: { certificate } }) => certificate === null || fingerprints.has(certificate),
  );
  return [...unusable, ...known.map(driftedAnswer).filter((answer) => answer !== undefined)];
}
