import type { FieldSource } from '../../../operations/index.js';
import type { Certificate } from '../certificate.js';
import type { CertificateEventType, EventFacts } from './certificate-event.js';
import { eventFacts } from './event-facts.js';
import { failingEvent } from './failing-event.js';

const ROLLBACK_KIND = 'certificate.rollback';

/** What a report about a certificate means to those who watch it; null: nothing that they wait for. */
export function changeEvent(before: Certificate, after: Certificate, source: FieldSource): EventFacts | null {
  const operationId = source.operation.id;
  if (after.status === 'FAILED') {
    const { failure, nextAttemptAt } = source;
    return failure === null ? null : failingEvent(after, failure, operationId, nextAttemptAt);
  }
  if (after.status === 'REVOKED' && before.status !== 'REVOKED') {
    return eventFacts('REVOKED', after, 'Its CA has been told that nobody must trust it.', { operationId });
  }
  const type = takenIntoForce(before, after, source);
  return type && eventFacts(type, after, `${SENTENCES[type]}, until ${until(after)}.`, { operationId });
}

type TakenIntoForce = Extract<CertificateEventType, 'ISSUED' | 'RENEWED' | 'ROLLED_BACK'>;

const SENTENCES: Readonly<Record<TakenIntoForce, string>> = {
  ISSUED: 'It is in force',
  RENEWED: 'Its successor is in force',
  ROLLED_BACK: 'The certificate that was in force before is so again',
};

function takenIntoForce(before: Certificate, after: Certificate, source: FieldSource): TakenIntoForce | null {
  if (after.status !== 'ACTIVE' || after.fingerprint === null) {
    return null;
  }
  if (!wasInForce(before)) {
    return 'ISSUED';
  }
  if (before.fingerprint === after.fingerprint) {
    return null;
  }
  return source.takesBack || source.operation.kind === ROLLBACK_KIND ? 'ROLLED_BACK' : 'RENEWED';
}

function wasInForce({ status, fingerprint }: Certificate): boolean {
  return fingerprint !== null && status !== 'PENDING' && status !== 'FAILED';
}

function until({ notAfter }: Certificate): string {
  return notAfter?.toISOString() ?? 'an unknown end';
}
