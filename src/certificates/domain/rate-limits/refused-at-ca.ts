import type { Operation, OperationFailure } from '../../../operations/index.js';

/** Names whose authorization has failed at the CA in an operation, each once: not those that were left out before it was asked. */
export function refusedAtCa({ warnings, failure }: Pick<Operation, 'warnings' | 'failure'>): readonly string[] {
  return [...new Set([...warnings.flatMap(leftOut), ...problemsOf(failure)])];
}

function leftOut({ code, details }: OperationFailure): readonly string[] {
  const name = details?.['name'];
  return code === 'CERTIFICATE_NAME_LEFT_OUT' && details?.['foreseen'] !== true && typeof name === 'string'
    ? [name]
    : [];
}

interface Problem {
  readonly identifier?: { readonly value?: unknown } | null;
  readonly foreseen?: unknown;
}

function problemsOf(failure: OperationFailure | null): readonly string[] {
  const problems = failure?.details?.['problems'];
  return (Array.isArray(problems) ? (problems as readonly Problem[]) : []).flatMap(({ identifier, foreseen }) =>
    foreseen !== true && typeof identifier?.value === 'string' ? [identifier.value] : [],
  );
}
