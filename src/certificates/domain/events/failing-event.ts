import type { OperationFailure } from '../../../operations/index.js';
import { problemsIn } from '../acme/problems-in.js';
import type { Certificate } from '../certificate.js';
import type { EventFacts } from './certificate-event.js';
import { eventFacts } from './event-facts.js';

type Failed = Pick<OperationFailure, 'code' | 'summary' | 'details'>;

/** An operation that did not say why it ended without a successor. */
const WITHOUT_A_WORD: Failed = { code: 'INTERNAL', summary: 'Its operation ended without a successor.' };

/** An attempt to issue or to renew the certificate failed. */
export function failingEvent(
  certificate: Certificate,
  failure: Failed | null,
  operationId: string | null,
  nextAttemptAt: Date | null,
): EventFacts {
  const said = failure ?? WITHOUT_A_WORD;
  return eventFacts('FAILING', certificate, said.summary, {
    operationId,
    code: said.code,
    causes: causesIn(said),
    nextAttemptAt: nextAttemptAt?.toISOString() ?? null,
  });
}

/** The causes that an ACME failure tells for its names. */
function causesIn(failure: Failed): readonly string[] {
  const causes = problemsIn(failure).map(({ cause }) => cause);
  return [...new Set(causes.filter((cause) => typeof cause === 'string'))].sort();
}
